# Two namespaces, joined by a veth pair.
ip netns add ns1
ip netns add ns2

ip link add name veth-ns1 type veth peer name veth-ns2
ip link set dev veth-ns1 netns ns1
ip link set dev veth-ns2 netns ns2

ip -n ns1 addr add 192.168.1.1/24 dev veth-ns1
ip -n ns2 addr add 192.168.1.2/24 dev veth-ns2

ip -n ns1 link set dev veth-ns1 up
ip -n ns2 link set dev veth-ns2 up
