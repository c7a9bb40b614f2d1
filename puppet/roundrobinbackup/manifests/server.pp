# The host that backups go to: its packages, the account and the directory.
#
# @param ensure `absent` takes away what lets clients log in; the account and the backups stay.
# @param user The account that clients log in as, unless they have one of their own.
# @param manage_user `false` when another module makes the accounts.
# @param directory Where the backups of that account lie.
# @param mode The mode of the directories of backups.
# @param shell The shell of the accounts. The program needs one that is sh.
# @param packages What a backup needs there; by default by their names on the system.
# @param manage_packages `false` when another module installs these.
# @param clients Clients by name, each with the parameters of roundrobinbackup::server::client, for Hiera.
# @param collect `true` takes in the clients that have exported themselves; needs PuppetDB.
class roundrobinbackup::server (
  Roundrobinbackup::Ensure        $ensure          = 'present',
  Roundrobinbackup::Account       $user            = 'deploy',
  Boolean                         $manage_user     = true,
  Roundrobinbackup::Path          $directory       = '/data/available-websites',
  Pattern[/\A0[0-7]{3}\z/]        $mode            = '0700',
  Roundrobinbackup::Path          $shell           = '/bin/sh',
  Optional[Array[String[1]]]      $packages        = undef,
  Boolean                         $manage_packages = true,
  Hash[String[1], Hash]           $clients         = {},
  Boolean                         $collect         = false,
) {
  if $ensure == 'present' {
    # lbzip2 packs on all cores; RedHat has it in EPEL alone.
    $needed = $facts['os']['family'] ? {
      'RedHat' => ['rsync', 'tar', 'bzip2', 'util-linux', 'openssh-server'],
      default  => ['rsync', 'tar', 'bzip2', 'lbzip2', 'util-linux', 'openssh-server'],
    }
    $names = $manage_packages ? {
      true  => roundrobinbackup::first($packages, $needed),
      false => [],
    }
    $names.each |$name| {
      unless defined(Package[$name]) {
        package { $name:
          ensure => installed,
        }
      }
    }
    roundrobinbackup::server::account { $user:
      directory => $directory,
    }
  }

  $clients.each |$name, $parameters| {
    roundrobinbackup::server::client { $name:
      * => $parameters,
    }
  }
  if $collect {
    Roundrobinbackup::Server::Client <<| |>>
  }
}
