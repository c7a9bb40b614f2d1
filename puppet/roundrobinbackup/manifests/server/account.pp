# An account for clients, and the directory that it may write into.
# @api private
define roundrobinbackup::server::account (
  Roundrobinbackup::Path $directory,
) {
  if $roundrobinbackup::server::manage_user {
    # No password, but not locked either: sshd lets nobody into a locked account where it has no PAM.
    user { $title:
      ensure     => present,
      home       => "/home/${title}",
      managehome => true,
      shell      => $roundrobinbackup::server::shell,
      password   => '*',
      before     => File[$directory],
    }
  }
  # Each directory on the way: Puppet makes none by itself.
  $steps = $directory.split('/').filter |$step| { $step != '' }
  $parents = $steps.map |$index, $_step| { "/${steps[0, $index].join('/')}" }
  ($parents - ['/']).each |$parent| {
    unless defined(File[$parent]) {
      file { $parent:
        ensure => directory,
      }
    }
  }
  file { $directory:
    ensure => directory,
    owner  => $title,
    mode   => $roundrobinbackup::server::mode,
  }
}
