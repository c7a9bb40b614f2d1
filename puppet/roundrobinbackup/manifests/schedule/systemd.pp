# A backup that a timer of systemd starts.
# @api private
define roundrobinbackup::schedule::systemd (
  Roundrobinbackup::Ensure             $ensure,
  Roundrobinbackup::Account            $local_user       = 'root',
  Array[String]                        $words            = [],
  Array[String]                        $calendar         = [],
  Roundrobinbackup::Duration           $splay            = 0,
  Roundrobinbackup::Environment        $environment      = {},
  Optional[Roundrobinbackup::Path]     $source           = undef,
  Optional[Roundrobinbackup::Path]     $local_path       = undef,
  Array[Roundrobinbackup::Path]        $read_write_paths = [],
  Array[Roundrobinbackup::Capability]  $capabilities     = [],
) {
  include roundrobinbackup::reload

  $unit = "roundrobinbackup-${title}"
  $service_file = "/etc/systemd/system/${unit}.service"
  $timer_file = "/etc/systemd/system/${unit}.timer"
  $reload = Exec['roundrobinbackup: systemctl daemon-reload']

  if $ensure == 'present' {
    $local = [$local_path].filter |$path| { $path =~ NotUndef }
    $mounts = [$source] + $local
    $writable = $local + $read_write_paths
    # A private /tmp would hide these, and a protected one could not be written to.
    $in_tmp = ($mounts + $writable).filter |$path| { $path =~ /\A\/(var\/)?tmp(\/|\z)/ }
    $tmp = $in_tmp.empty ? {
      true  => [],
      false => ['/tmp', '/var/tmp'],
    }
    # To read every file; to keep owners and modes as well, where the mirror is on this machine.
    $needed = $local.empty ? {
      true  => ['CAP_DAC_READ_SEARCH'],
      false => ['CAP_DAC_READ_SEARCH', 'CAP_DAC_OVERRIDE', 'CAP_CHOWN', 'CAP_FOWNER', 'CAP_FSETID'],
    }
    file {
      default:
        ensure  => file,
        owner   => 'root',
        group   => 'root',
        mode    => '0644',
        require => Class['roundrobinbackup::install'],
        notify  => $reload;
      $service_file:
        content => epp('roundrobinbackup/backup.service.epp', {
          'title'        => $title,
          'local_user'   => $local_user,
          'words'        => $words,
          'environment'  => $environment,
          'mounts'       => $mounts,
          'made'         => $local,
          'writable'     => ($writable + $tmp).unique,
          'capabilities' => ($needed + $capabilities).unique,
          'own_tmp'      => $in_tmp.empty,
        });
      $timer_file:
        content => epp('roundrobinbackup/backup.timer.epp', {
          'title'    => $title,
          'calendar' => $calendar,
          'splay'    => $splay,
        });
    }
    # A timer takes a new time when it starts again; the service is read by the next start.
    service { "${unit}.timer":
      ensure    => running,
      enable    => true,
      subscribe => File[$timer_file],
      require   => $reload,
    }
  } else {
    # No service resource: a machine without systemd has no timer either.
    exec { "stop ${unit}.timer":
      command  => "if test -d /run/systemd/system; then systemctl disable --now ${unit}.timer; else systemctl disable ${unit}.timer; fi",
      path     => $facts['path'],
      provider => shell,
      onlyif   => "test -e ${timer_file}",
    }
    -> file { [$timer_file, $service_file]:
      ensure => absent,
      notify => $reload,
    }
  }
}
