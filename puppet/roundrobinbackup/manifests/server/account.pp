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
  file { $directory:
    ensure => directory,
    owner  => $title,
    mode   => $roundrobinbackup::server::mode,
  }
}
