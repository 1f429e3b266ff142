# Makes a machine of its own, as far as network and files go, and lets sshd serve it. Started by machine.ts through unshare, in
# network, mount, process and host name namespaces that are new; the tests' network namespace is open as file 3. As the machine's
# first process it has to wait for the others and must not be replaced by one. What is asked for is in the environment.
set -eu
umask 022

# Our number among the tests' processes: /proc is theirs still.
read -r pid _ </proc/self/stat

mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=1777 tmpfs /tmp
for folder in /run /root /home /var/log; do mount -t tmpfs -o mode=755 tmpfs "$folder"; done

mkdir /run/sshd /run/etc
mount -t tmpfs -o mode=755 tmpfs /run/etc
cp -a /etc/. /run/etc
mkdir -p /run/etc/sysctl.d
mount --move /run/etc /etc
rmdir /run/etc
cd /

hostname "$MACHINE_NAME"
printf '127.0.0.1 localhost\n127.0.1.1 %s\n' "$MACHINE_NAME" >/etc/hosts

# Without IPv6 on the host's end: what it would do by itself seconds later is not to be taken for a test's doing.
ip -batch - <<EOF
link set dev lo up
link add name $MACHINE_UPLINK type veth peer name $MACHINE_PLUG netns /proc/self/fd/3
address add $MACHINE_ADDRESS dev $MACHINE_UPLINK
link set dev $MACHINE_UPLINK up
EOF
nsenter --net=/proc/self/fd/3 -- ip link set dev "$MACHINE_PLUG" addrgenmode none master "$MACHINE_WIRE" up
exec 3<&-

# "*" is no password, and "!" would be an account that sshd refuses.
add_user() {
    sed -i "/^$1:/d" /etc/passwd /etc/shadow /etc/group
    echo "$1:x:$2:$2::$3:$4" >>/etc/passwd
    echo "$1:*:20000:0:99999:7:::" >>/etc/shadow
    echo "$1:x:$2:" >>/etc/group
}

# As Debian has it, but that nothing is told to the log and the mailbox of the machine that all of this runs on.
cat >/etc/sudoers <<EOF
Defaults env_reset, use_pty, !syslog, !mailerpath
Defaults secure_path="/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
root ALL=(ALL:ALL) ALL
$MACHINE_SUDOERS
EOF
chmod 440 /etc/sudoers
[ -z "$MACHINE_SUDOERS" ] || visudo --check --strict --file=/etc/sudoers >/dev/null

add_user root 0 /root /bin/bash
id=2000
for user in $MACHINE_USERS; do
    add_user "$user" "$id" "/home/$user" /bin/sh
    install -d -o "$id" -g "$id" "/home/$user"
    id=$((id + 1))
done

ssh-keygen -q -t ed25519 -N "" -C "$MACHINE_NAME" -f /etc/ssh/machine_key
: >/etc/ssh/machine_authorized_keys
cat >/etc/ssh/machine_config <<EOF
HostKey /etc/ssh/machine_key
AuthorizedKeysFile /etc/ssh/machine_authorized_keys
AuthenticationMethods publickey
PermitRootLogin prohibit-password
UsePAM no
UseDNS no
MaxStartups 1000
MaxSessions 1000
AcceptEnv LANG LC_*
Subsystem sftp internal-sftp
EOF

# sshd 9.8 and later shuts out an address whose keys it has refused, and all tests come from one. Earlier ones do not know the word.
sshd=$(command -v sshd)
if "$sshd" -t -f /etc/ssh/machine_config -o PerSourcePenalties=no 2>/dev/null; then
    echo "PerSourcePenalties no" >>/etc/ssh/machine_config
fi

# An overlay makes a file absent; anything mounted over it would be there, and only not run.
for program in $MACHINE_WITHOUT; do
    for folder in /usr/local/sbin /usr/local/bin /usr/sbin /usr/bin /sbin /bin; do
        [ -e "$folder/$program" ] || [ -L "$folder/$program" ] || continue
        mkdir /run/layers
        mount -t tmpfs tmpfs /run/layers
        mkdir /run/layers/upper /run/layers/work
        mount -t overlay -o "lowerdir=$folder,upperdir=/run/layers/upper,workdir=/run/layers/work" overlay "$folder"
        umount --lazy /run/layers
        rmdir /run/layers
        rm "$folder/$program"
    done
done

echo "$pid $(cut -d ' ' -f 1,2 /etc/ssh/machine_key.pub)"
"$sshd" -D -e -f /etc/ssh/machine_config </dev/null >/dev/null &
wait $!
