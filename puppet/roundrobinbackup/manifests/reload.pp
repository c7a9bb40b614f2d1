# Tells systemd that units have changed; a class of its own, because it runs after them.
# @api private
class roundrobinbackup::reload {
  exec { 'roundrobinbackup: systemctl daemon-reload':
    command     => 'systemctl daemon-reload',
    path        => $facts['path'],
    onlyif      => 'test -d /run/systemd/system',
    refreshonly => true,
  }
}
