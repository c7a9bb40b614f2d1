# shellcheck shell=sh
# Run in namespaces of its own: builds a machine below the directory $1, with the directories of this
# one's system, but an /etc, accounts, crontabs and data of its own; then becomes its first process.
# $2: the directory of the modules, $3: the binary for them, $4: what the first process is.
set -e
root=$1
mount -t tmpfs -o mode=755 none "$root"
cd "$root"
for entry in bin sbin lib lib32 lib64 libx32; do
  if [ -L "/$entry" ]; then cp -P "/$entry" .; elif [ -d "/$entry" ]; then mkdir "$entry" && mount --rbind "/$entry" "$entry"; fi
done
for entry in usr var opt dev sys; do
  if [ -d "/$entry" ]; then mkdir "$entry" && mount --rbind "/$entry" "$entry"; fi
done
mkdir data home proc root run srv tmp machine
chmod 1777 tmp
chmod 700 root
cp -a /etc etc
rm -f etc/systemd/system/*.wants/*
mount -t proc proc proc
for entry in run usr/local var/log var/mail var/spool/cron var/tmp var/lib/systemd; do
  if [ -d "$entry" ]; then mount -t tmpfs -o mode=755 none "$entry"; fi
done
chmod 1777 var/tmp
mkdir -p usr/local/bin run/lock run/sshd
mkdir -m 1730 var/spool/cron/crontabs
chgrp crontab var/spool/cron/crontabs
cp -R "$2" machine/modules
cp "$3" machine/modules/roundrobinbackup/files/roundrobinbackup

if [ "$4" = systemd ]; then
  # Only what timers and services ask for: no udev, no login, no file systems.
  mkdir machine/units
  for unit in sysinit basic shutdown timers network-online machine; do
    printf '[Unit]\nDefaultDependencies=no\n' >"machine/units/$unit.target"
  done
  mount -t tmpfs none sys/fs/cgroup
  if [ -d /sys/fs/cgroup/systemd ]; then
    mkdir sys/fs/cgroup/systemd
    mount -t cgroup -o none,name=systemd cgroup sys/fs/cgroup/systemd
  else
    umount sys/fs/cgroup
    mount -t cgroup2 cgroup2 sys/fs/cgroup
  fi
fi
pivot_root . .
umount -l .
ip link set lo up
ip address add 192.0.2.1/32 dev lo
touch /machine/ready
if [ "$4" = systemd ]; then
  exec env -i container=test SYSTEMD_UNIT_PATH=/etc/systemd/system:/machine/units PATH=/usr/bin:/bin \
    /lib/systemd/systemd --system --log-target=console --unit=machine.target
fi
exec sleep infinity
