# Push backups of this machine: the program, and what all its backups have in common.
#
# @param ensure `absent` takes away the program and the schedules of all backups; packages stay, and so do keys.
# @param program Where the binary is laid down.
# @param source Where it comes from: a file, puppet:/// or http(s)://.
# @param checksum_value Its sha256; needed for http and https.
# @param manage_program `false` when a package or another module installs the binary.
# @param packages What the program needs; by default rsync and the ssh client, by their names on the system.
# @param cron_package What provides cron; installed when a backup is started by cron.
# @param manage_packages `false` when another module installs these.
# @param purge_keys With `ensure => absent`: also remove the keys that were made here. Others may use them.
# @param backups Backups by name, each with its parameters, for Hiera.
# @param server The host that backups go to.
# @param server_port Its ssh port; by default 22, or what ssh's configuration says.
# @param server_host_keys Its public host keys. Given, only these count; else the known_hosts files of ssh.
# @param server_path Backups go to `<server_path>/<title>/backup` there.
# @param user The account there.
# @param identity An existing private key; by default one is made in /etc/roundrobinbackup.
# @param source_path Backups are of `<source_path>/<title>/`.
# @param local_user The account of this machine that backups run as.
# @param scheduler `cron` or `systemd`.
# @param hour When backups start, unless they say otherwise; each at a minute of its own.
# @param environment Variables, for instance MAILTO and PATH.
# @param splay See roundrobinbackup::backup, as for all that follow.
# @param excludes
# @param days
# @param weeks
# @param months
# @param years
# @param anchor_date
# @param day_of_week
# @param day_of_month
# @param month_of_year
# @param compress
# @param compress_level
# @param bwlimit
# @param nice
# @param max_prune
# @param lock_wait
# @param retries
# @param timeout
# @param rsync_options
# @param ssh_options
# @param ssh_config
# @param hook_on_failure
# @param hook_timeout
class roundrobinbackup (
  Roundrobinbackup::Ensure                     $ensure           = 'present',
  Roundrobinbackup::Path                       $program          = '/usr/local/bin/roundrobinbackup',
  Roundrobinbackup::Source                     $source           = 'puppet:///modules/roundrobinbackup/roundrobinbackup',
  Optional[Roundrobinbackup::Sha256]           $checksum_value   = undef,
  Boolean                                      $manage_program   = true,
  Optional[Array[String[1]]]                   $packages         = undef,
  Optional[String[1]]                          $cron_package     = undef,
  Boolean                                      $manage_packages  = true,
  Boolean                                      $purge_keys       = false,
  Hash[Roundrobinbackup::Name, Hash]           $backups          = {},
  Optional[Roundrobinbackup::Host]             $server           = undef,
  Optional[Roundrobinbackup::Port]             $server_port      = undef,
  Array[Roundrobinbackup::Key]                 $server_host_keys = [],
  Roundrobinbackup::Remote_path                $server_path      = '/data/available-websites',
  Roundrobinbackup::Account                    $user             = 'deploy',
  Optional[Roundrobinbackup::Path]             $identity         = undef,
  Roundrobinbackup::Path                       $source_path      = '/data/websites',
  Roundrobinbackup::Account                    $local_user       = 'root',
  Roundrobinbackup::Schedule                   $scheduler        = 'cron',
  Roundrobinbackup::Hour                       $hour             = 2,
  Roundrobinbackup::Environment                $environment      = {},
  Optional[Roundrobinbackup::Duration]         $splay            = undef,
  Optional[Array[Roundrobinbackup::Text]]      $excludes         = undef,
  Optional[Roundrobinbackup::Count]            $days             = undef,
  Optional[Roundrobinbackup::Count]            $weeks            = undef,
  Optional[Roundrobinbackup::Count]            $months           = undef,
  Optional[Roundrobinbackup::Count]            $years            = undef,
  Optional[Roundrobinbackup::Date]             $anchor_date      = undef,
  Optional[Integer[1, 7]]                      $day_of_week      = undef,
  Optional[Integer[1, 31]]                     $day_of_month     = undef,
  Optional[Integer[1, 12]]                     $month_of_year    = undef,
  Optional[Roundrobinbackup::Compressor]       $compress         = undef,
  Optional[Integer[1, 19]]                     $compress_level   = undef,
  Optional[Roundrobinbackup::Rate]             $bwlimit          = undef,
  Optional[Boolean]                            $nice             = undef,
  Optional[Roundrobinbackup::Count]            $max_prune        = undef,
  Optional[Integer[0, 86400]]                  $lock_wait        = undef,
  Optional[Integer[0, 100]]                    $retries          = undef,
  Optional[Integer[4, 86400]]                  $timeout          = undef,
  Optional[Array[Roundrobinbackup::Option]]    $rsync_options    = undef,
  Optional[Array[Roundrobinbackup::Ssh_option]] $ssh_options = undef,
  Optional[Roundrobinbackup::Path]             $ssh_config       = undef,
  Optional[Roundrobinbackup::Command]          $hook_on_failure  = undef,
  Optional[Integer[0]]                         $hook_timeout     = undef,
) {
  # The options that every backup starts with, by the names of its parameters.
  $options = {
    'excludes'       => $excludes,
    'days'           => $days,
    'weeks'          => $weeks,
    'months'         => $months,
    'years'          => $years,
    'anchor_date'    => $anchor_date,
    'day_of_week'    => $day_of_week,
    'day_of_month'   => $day_of_month,
    'month_of_year'  => $month_of_year,
    'compress'       => $compress,
    'compress_level' => $compress_level,
    'bwlimit'        => $bwlimit,
    'nice'           => $nice,
    'max_prune'      => $max_prune,
    'lock_wait'      => $lock_wait,
    'retries'        => $retries,
    'timeout'        => $timeout,
    'rsync_options'  => $rsync_options,
    'ssh_options'    => $ssh_options,
    'ssh_config'     => $ssh_config,
    'on_failure'     => $hook_on_failure,
    'hook_timeout'   => $hook_timeout,
    'splay'          => $splay,
  }

  contain roundrobinbackup::install

  $backups.each |$name, $parameters| {
    roundrobinbackup::backup { $name:
      * => $parameters,
    }
  }
}
