# Makes the machine that the tests have to themselves, and runs the command that it is given. Started by unshare, in network, mount
# and process namespaces that are new; as their first process it has to wait for the others and must not be replaced by one.
set -eu

# What the machine's own labs have pinned is theirs: not even covered up, it is not in our list of mounts.
awk '$5 ~ "^/run/(netns|linuxnet)(/|$)" { print $5 }' /proc/self/mountinfo | sort -r | xargs -r umount --lazy

mount -t tmpfs -o mode=755 tmpfs /run
mount -t sysfs sysfs /sys

# A copy, so that nothing below /etc is written to; with a sysctl.d whatever the machine has.
etc=/run/etc
mkdir "$etc"
mount -t tmpfs -o mode=755 tmpfs "$etc"
cp -a /etc/. "$etc"
mkdir -p "$etc/sysctl.d"
mount --move "$etc" /etc
rmdir "$etc"

# Of the suite's own folders: tens of thousands of small files come and go, none of which has to outlive the tests.
for folder in ${LINUXNET_TEST_WORK:+"$LINUXNET_TEST_WORK" "$TMPDIR" "$PULUMI_HOME"}; do
    mount -t tmpfs -o mode=755 tmpfs "$folder"
done

# Another iproute2 (tests/matrix.mjs) covers up the machine's own: for sudo, for machines reached by ssh, for all that start from here.
for program in ${LINUXNET_TEST_IPROUTE2:+ip bridge}; do
    mount --bind "$LINUXNET_TEST_IPROUTE2/$program" "$(readlink -f "$(command -v "$program")")"
done

# What `ip netns` makes once, and keeps.
ip link set dev lo up
ip netns add first
ip netns del first

LINUXNET_TEST_NETNS=$(readlink /proc/self/ns/net)
export LINUXNET_TEST_NETNS
"$@"
