# The program, the packages that it needs, and the directory of its keys.
# @api private
class roundrobinbackup::install {
  $present = $roundrobinbackup::ensure == 'present'
  $directory = '/etc/roundrobinbackup'

  $packages = $facts['os']['family'] ? {
    'RedHat' => { 'program' => ['rsync', 'openssh-clients'], 'cron' => 'cronie' },
    default  => { 'program' => ['rsync', 'openssh-client'], 'cron' => 'cron' },
  }
  $cron_package = $roundrobinbackup::cron_package ? {
    Undef   => $packages['cron'],
    default => $roundrobinbackup::cron_package,
  }
  if $present and $roundrobinbackup::manage_packages {
    $names = $roundrobinbackup::packages ? {
      Undef   => $packages['program'],
      default => $roundrobinbackup::packages,
    }
    $names.each |$name| {
      # Other modules need these as well, and may have declared them.
      unless defined(Package[$name]) {
        package { $name:
          ensure => installed,
        }
      }
    }
  }

  if $roundrobinbackup::manage_program {
    if $roundrobinbackup::source =~ /\Ahttps?:/ and $roundrobinbackup::checksum_value =~ Undef {
      fail("roundrobinbackup: the binary comes from ${roundrobinbackup::source}, so checksum_value must say its sha256")
    }
    file { $roundrobinbackup::program:
      ensure         => roundrobinbackup::present_if($present),
      source         => $roundrobinbackup::source,
      checksum       => sha256,
      checksum_value => $roundrobinbackup::checksum_value,
      owner          => 'root',
      group          => 'root',
      mode           => '0755',
      backup         => false,
      show_diff      => false,
    }
  }

  if $present {
    file { $directory:
      ensure => directory,
      owner  => 'root',
      group  => 'root',
      mode   => '0755',
    }
  } elsif $roundrobinbackup::purge_keys {
    file { $directory:
      ensure => absent,
      force  => true,
      backup => false,
    }
  } else {
    # A key that is left keeps its directory.
    exec { "rmdir ${directory}":
      path   => $facts['path'],
      onlyif => "find ${directory} -maxdepth 0 -empty | grep -q .",
    }
  }
}
