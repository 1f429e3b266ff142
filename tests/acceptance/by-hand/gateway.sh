# Two namespaces on a switch that is also their gateway to the host and what lies behind it.
ip netns add ns1
ip netns add ns2
ip link add name br0 type bridge

for n in 1 2; do
    ip link add name veth-ns$n type veth peer name veth-ns$n-br
    ip link set dev veth-ns$n netns ns$n
    ip link set dev veth-ns$n-br master br0
    ip -n ns$n addr add local 192.168.1.$((n + 1))/24 dev veth-ns$n
done
ip addr add local 192.168.1.1/24 dev br0

ip link set dev br0 up
for n in 1 2; do
    ip link set dev veth-ns$n-br up
    ip -n ns$n link set dev veth-ns$n up
done

sysctl -q -w net.ipv4.ip_forward=1
for n in 1 2; do ip netns exec ns$n ip route add default via 192.168.1.1; done
