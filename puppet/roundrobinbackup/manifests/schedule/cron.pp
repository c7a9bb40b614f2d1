# A backup that cron starts.
# @api private
define roundrobinbackup::schedule::cron (
  Roundrobinbackup::Ensure      $ensure,
  Roundrobinbackup::Account     $local_user,
  String[1]                     $cron_name,
  Array[String]                 $words       = [],
  Hash                          $fields      = {},
  Roundrobinbackup::Environment $environment = {},
) {
  if $ensure == 'present' {
    $package = $roundrobinbackup::install::cron_package
    if $roundrobinbackup::manage_packages {
      unless defined(Package[$package]) {
        package { $package:
          ensure => installed,
        }
      }
      Package[$package] -> Cron[$cron_name]
    }
    # The cron type leaves alone what it is not given: so all fields are, and an environment is never
    # empty. Hooks find more in this PATH than in that of cron.
    $variables = { 'PATH' => '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' } + $environment
    cron { $cron_name:
      ensure      => present,
      user        => $local_user,
      command     => roundrobinbackup::cron_line($title, $words),
      environment => $variables.map |$name, $value| { "${name}=${value}" },
      require     => Class['roundrobinbackup::install'],
      *           => $fields,
    }
  } elsif $facts.dig('roundrobinbackup', 'crontab') != false {
    cron { $cron_name:
      ensure => absent,
      user   => $local_user,
    }
  }
}
