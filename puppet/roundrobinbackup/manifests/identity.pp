# A key of this machine for its backups: made once, here, and never removed.
# @api private
define roundrobinbackup::identity (
  Roundrobinbackup::Account $owner,
) {
  $comment = "roundrobinbackup@${facts['networking']['fqdn']}"
  $words = ['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', $comment, '-f', $title]
  exec { "make the key ${title}":
    command => $words.map |$word| { roundrobinbackup::shell_word($word) }.join(' '),
    path    => $facts['path'],
    creates => $title,
    umask   => '0077',
    require => Class['roundrobinbackup::install'],
  }
  -> file {
    default:
      ensure  => file,
      owner   => $owner,
      replace => false,
      backup  => false;
    $title:
      mode => '0600';
    "${title}.pub":
      mode => '0644';
  }
}
