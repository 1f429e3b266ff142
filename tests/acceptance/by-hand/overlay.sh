# One switch on two hosts, over a router that knows nothing of it. The hosts are namespaces here.
ip netns add router
ip netns exec router sysctl -q -w net.ipv4.ip_forward=1

site() {
    host=$1 underlay=$2 own=$3 other=$4 first=$5
    ip netns add $host
    ip link add name uplink netns $host type veth peer name to-$host netns router
    ip -n $host addr add $own/24 dev uplink
    ip -n router addr add $underlay.1/24 dev to-$host
    ip -n $host link set dev uplink up
    ip -n router link set dev to-$host up
    ip -n $host route add default via $underlay.1

    ip -n $host link add name br0 type bridge
    ip -n $host link add name vx0 type vxlan id 42 local $own dstport 4789
    bridge -n $host fdb append 00:00:00:00:00:00 dev vx0 dst $other
    ip -n $host link set dev vx0 mtu 1450 master br0
    ip -n $host link set dev vx0 up
    ip -n $host link set dev br0 up
    for n in 1 2; do
        ip netns add $host-ns$n
        ip link add name veth-ns$n netns $host-ns$n mtu 1450 type veth peer name veth-ns$n-br netns $host
        ip -n $host link set dev veth-ns$n-br master br0
        ip -n $host link set dev veth-ns$n-br up
        ip -n $host-ns$n addr add 192.168.1.$((first + n))/24 dev veth-ns$n
        ip -n $host-ns$n link set dev veth-ns$n up
    done
}
site left 10.0.2 10.0.2.15 10.0.3.16 1
site right 10.0.3 10.0.3.16 10.0.2.15 3
