# Two subnets, and a namespace that forwards between them.
ip netns add ns1
ip netns add ns2
ip netns add ns-router

for n in 1 2; do
    ip link add name veth-ns$n type veth peer name veth-ns$n-router
    ip link set dev veth-ns$n netns ns$n
    ip link set dev veth-ns$n-router netns ns-router
    ip -n ns$n addr add 192.168.$n.2/24 dev veth-ns$n
    ip -n ns-router addr add 192.168.$n.1/24 dev veth-ns$n-router
    ip -n ns$n link set dev veth-ns$n up
    ip -n ns-router link set dev veth-ns$n-router up
done

ip netns exec ns-router sysctl -q -w net.ipv4.ip_forward=1
ip netns exec ns-router sysctl -q -w net.ipv6.conf.default.forwarding=1
ip netns exec ns-router sysctl -q -w net.ipv6.conf.all.forwarding=1

ip netns exec ns1 ip route add 192.168.2.0/24 via 192.168.1.1
ip netns exec ns2 ip route add 192.168.1.0/24 via 192.168.2.1
