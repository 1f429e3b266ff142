# What the tutorial's labs do not have: IPv6, other MTUs, what is down, several addresses, routes of all sorts.
ip netns add a
ip netns add b
ip netns exec a ip link set dev lo up
ip -n a addr add 10.9.0.1/32 dev lo

ip link add name one netns a type veth peer name one netns b
ip link add name two netns a mtu 1400 type veth peer name two netns b mtu 1400
ip link add name spare netns a type veth peer name spare-peer netns a
for n in a b; do
    ip -n $n link set dev one up
    ip -n $n link set dev two up
done
ip -n a addr add 10.1.0.1/24 dev one
ip -n a addr add 10.1.0.3/24 dev one
ip -n a addr add fd01::1/64 dev one nodad
ip -n a addr add 10.2.0.1/24 dev two
ip -n b addr add 10.1.0.2/24 dev one
ip -n b addr add fd01::2/64 dev one nodad
ip -n b addr add 10.2.0.2/24 dev two

ip -n b link add name sw type bridge stp_state 1
ip -n b addr add 10.3.0.1/24 dev sw
ip netns exec b sysctl -q -w net.ipv6.conf.all.forwarding=1

ip -n a route add 10.3.0.0/24 via 10.1.0.2 mtu 1300
ip -n a route add 10.4.0.0/24 nexthop via 10.1.0.2 weight 2 nexthop via 10.2.0.2 dev two
ip -n a route add 10.5.0.0/24 dev two
ip -n a route add 10.6.0.0/24 via 10.77.0.1 dev one onlink
ip -n a route add blackhole 10.7.0.0/24
ip -n a route add unreachable fd07::/64
ip -n a route add default via 10.1.0.2 metric 50
ip -n a route add default via fd01::2
ip -n a route add fd08::/64 via fe80::1 dev two
ip -n a route add 10.8.0.0/24 via 10.1.0.2 table 77
ip -n a route add 10.10.0.0/24 via 10.1.0.2 src 10.9.0.1
