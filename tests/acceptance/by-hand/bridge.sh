# Three namespaces on one switch, which is the host's.
ip link add name virtual-bridge type bridge

for n in 1 2 3; do
    ip netns add ns$n
    ip link add name veth-ns$n type veth peer name veth-ns$n-br
    ip link set dev veth-ns$n netns ns$n
    ip link set dev veth-ns$n-br master virtual-bridge
    ip -n ns$n addr add local 192.168.1.$n/24 dev veth-ns$n
done

ip link set dev virtual-bridge up
for n in 1 2 3; do
    ip link set dev veth-ns$n-br up
    ip -n ns$n link set dev veth-ns$n up
done
