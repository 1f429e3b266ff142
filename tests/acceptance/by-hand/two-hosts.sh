# Two hosts, which are namespaces here, each with two containers behind a gateway, and a way to the other's containers.
ip netns add left
ip netns add right
ip link add name uplink netns left type veth peer name uplink netns right
ip -n left addr add 10.0.2.15/24 dev uplink
ip -n right addr add 10.0.2.16/24 dev uplink

site() {
    host=$1 subnet=$2
    ip -n $host link add name br0 type bridge
    ip -n $host addr add $subnet.1/24 dev br0
    ip -n $host link set dev br0 up
    ip -n $host link set dev uplink up
    ip netns exec $host sysctl -q -w net.ipv4.ip_forward=1
    for n in 1 2; do
        ip netns add $host-ns$n
        ip link add name veth-ns$n netns $host-ns$n type veth peer name veth-ns$n-br netns $host
        ip -n $host link set dev veth-ns$n-br master br0
        ip -n $host link set dev veth-ns$n-br up
        ip -n $host-ns$n addr add $subnet.$((n + 1))/24 dev veth-ns$n
        ip -n $host-ns$n link set dev veth-ns$n up
        ip -n $host-ns$n route add default via $subnet.1
    done
}
site left 192.168.1
site right 192.168.2
ip -n left route add 192.168.2.0/24 via 10.0.2.16
ip -n right route add 192.168.1.0/24 via 10.0.2.15
