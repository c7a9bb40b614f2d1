# A client that may back up to this host: its keys, and the account that they open.
#
# @param ensure `absent` takes the keys away; the account and the backups stay.
# @param keys The public keys, as in a .pub file.
# @param account
#   An account of its own: other clients cannot read or remove its backups. By default that of the class.
# @param directory
#   Where the backups of an account of its own lie. By default it is named after the account and lies
#   beside the directory of the class: below it, the account of the others could move it away.
# @param restrict `false` lets the key do all that ssh offers: forwarding, terminals.
# @param command A forced command: the key can run nothing else. It cannot end in a backslash.
# @param from Only from these hosts or addresses, as sshd takes them.
define roundrobinbackup::server::client (
  Array[Roundrobinbackup::Key]              $keys,
  Roundrobinbackup::Ensure                  $ensure    = 'present',
  Optional[Roundrobinbackup::Account]       $account   = undef,
  Optional[Roundrobinbackup::Path]          $directory = undef,
  Boolean                                   $restrict  = true,
  Optional[Pattern[/\A[^[:cntrl:]]*[^[:cntrl:]\\]\z/]] $command   = undef,
  Array[Pattern[/\A[A-Za-z0-9_.:*?!\/-]+\z/]] $from    = [],
) {
  unless $title =~ Roundrobinbackup::Name {
    fail("\"${title}\" cannot be the name of a client: it takes letters, digits and _ . - and starts with a letter, a digit or _")
  }
  include roundrobinbackup::server

  $user = roundrobinbackup::first($account, $roundrobinbackup::server::user)
  $real_ensure = $roundrobinbackup::server::ensure ? {
    'absent' => 'absent',
    default  => $ensure,
  }
  $beside = $roundrobinbackup::server::directory.regsubst('/+[^/]+/*\z', '')
  $own = $user != $roundrobinbackup::server::user
  if $directory and !$own {
    fail("Client \"${title}\": directory is that of an account of its own; set account too")
  }
  if $real_ensure == 'present' and $own and !defined(Roundrobinbackup::Server::Account[$user]) {
    roundrobinbackup::server::account { $user:
      directory => roundrobinbackup::first($directory, "${beside}/${user}"),
    }
  }

  $restriction = $restrict ? {
    true  => ['restrict'],
    false => [],
  }
  $sources = $from.empty ? {
    true  => [],
    false => ["from=\"${from.join(',')}\""],
  }
  $forced = $command ? {
    Undef   => [],
    default => ["command=\"${command.regsubst('"', '\\\\"', 'G')}\""],
  }
  $options = $restriction + $sources + $forced

  $set = $options.empty ? {
    true  => undef,
    false => $options,
  }

  $keys.each |$index, $key| {
    $words = $key.split(' ')
    $name = $index ? {
      0       => "roundrobinbackup-${title}",
      default => "roundrobinbackup-${title}-${index}",
    }
    ssh_authorized_key { $name:
      ensure  => $real_ensure,
      user    => $user,
      type    => $words[0],
      key     => $words[1],
      options => $set,
    }
    if $real_ensure == 'present' {
      Roundrobinbackup::Server::Account[$user] -> Ssh_authorized_key[$name]
    }
  }
}
