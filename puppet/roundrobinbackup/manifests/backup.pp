# A backup: its source, its destination, its options, and when it runs.
#
# Whatever is not given comes from the class roundrobinbackup, else from the program.
#
# @param ensure `absent` takes the schedule away; archives and keys stay.
# @param source
#   The directory to back up, by default `/data/websites/<title>/`. A trailing slash means what it
#   means in rsync: the contents, not the directory itself.
# @param server The host to back up to.
# @param path The directory there, by default `/data/available-websites/<title>/backup`.
# @param local_path Instead of a server: a directory of this machine.
# @param user The account on the server.
# @param port The port of its ssh server.
# @param identity An existing private key. By default one is made, /etc/roundrobinbackup/id_ed25519.
# @param host_keys The public host keys of the server. Given, only these count.
# @param excludes rsync patterns of what is left out.
# @param days How many daily archives to keep besides today's.
# @param weeks How many weekly ones.
# @param months How many monthly ones.
# @param years How many yearly ones.
# @param anchor_date The date that gives weekday, day of month and month of those.
# @param day_of_week Instead of an anchor date: the weekday, 1 for Monday.
# @param day_of_month Likewise the day of the month.
# @param month_of_year Likewise the month.
# @param scheduler `cron` or `systemd`.
# @param minute As in a crontab; by default a minute that depends on machine and title.
# @param hour As in a crontab; by default 2.
# @param weekday As in a crontab.
# @param monthday As in a crontab.
# @param month As in a crontab.
# @param splay Start up to so much later: `90s`, `30m`, `2h`, or seconds.
# @param environment Variables, added to those of the class: MAILTO, PATH, others.
# @param local_user The account of this machine that the backup runs as.
# @param cron_name The name of the cron entry.
# @param hook_before A command for the shell in front of the backup; when it fails, the backup does not run.
# @param hook_after A command after a backup that was made.
# @param hook_on_failure A command after one that was not.
# @param hook_timeout How many seconds each of these may take.
# @param compress What packs archives, on the server.
# @param compress_level How hard: 1 to 9, for zstd to 19.
# @param always_archive Pack an archive also when nothing changed.
# @param bwlimit Transfer no faster: KiB a second, or with k, m, g.
# @param nice Run at low priority, on both hosts.
# @param rsync_options Further options for rsync.
# @param ssh_options Further options for ssh, as Name=value.
# @param ssh_config Another configuration file for ssh.
# @param retries How often to try again when the host cannot be reached.
# @param timeout How many seconds the host may be silent.
# @param lock_wait How many seconds to wait for another run.
# @param require_mount Stop unless this is a mount point.
# @param allow_empty Back up a source that is empty.
# @param accept_shrink Prune although the source has become much smaller.
# @param max_prune Remove at most so many archives in a run.
# @param no_prune Remove none.
# @param rsync_dir The directory of the mirror, in the destination.
# @param backup_prefix What the names of archives start with.
# @param dry_run Change nothing, print what would be done.
# @param verbose Print the full trace of an error.
# @param extra_options Words for the command line as they are, for options that have no parameter.
# @param read_write_paths With systemd: directories that hooks write into.
# @param capabilities With systemd: capabilities that hooks need, for instance CAP_SETUID and CAP_SETGID for runuser.
define roundrobinbackup::backup (
  Optional[Roundrobinbackup::Ensure]            $ensure           = undef,
  Optional[Roundrobinbackup::Path]              $source           = undef,
  Optional[Roundrobinbackup::Host]              $server           = undef,
  Optional[Roundrobinbackup::Remote_path]       $path             = undef,
  Optional[Roundrobinbackup::Path]              $local_path       = undef,
  Optional[Roundrobinbackup::Account]           $user             = undef,
  Optional[Roundrobinbackup::Port]              $port             = undef,
  Optional[Roundrobinbackup::Path]              $identity         = undef,
  Optional[Array[Roundrobinbackup::Key]]        $host_keys        = undef,
  Optional[Array[Roundrobinbackup::Text]]       $excludes         = undef,
  Optional[Roundrobinbackup::Count]             $days             = undef,
  Optional[Roundrobinbackup::Count]             $weeks            = undef,
  Optional[Roundrobinbackup::Count]             $months           = undef,
  Optional[Roundrobinbackup::Count]             $years            = undef,
  Optional[Roundrobinbackup::Date]              $anchor_date      = undef,
  Optional[Integer[1, 7]]                       $day_of_week      = undef,
  Optional[Integer[1, 31]]                      $day_of_month     = undef,
  Optional[Integer[1, 12]]                      $month_of_year    = undef,
  Optional[Roundrobinbackup::Schedule]          $scheduler        = undef,
  Optional[Roundrobinbackup::Minute]            $minute           = undef,
  Optional[Roundrobinbackup::Hour]              $hour             = undef,
  Optional[Roundrobinbackup::Weekday]           $weekday          = undef,
  Optional[Roundrobinbackup::Monthday]          $monthday         = undef,
  Optional[Roundrobinbackup::Month]             $month            = undef,
  Optional[Roundrobinbackup::Duration]          $splay            = undef,
  Roundrobinbackup::Environment                 $environment      = {},
  Optional[Roundrobinbackup::Account]           $local_user       = undef,
  String[1]                                     $cron_name        = "${title}-backup-cron",
  Optional[Roundrobinbackup::Command]           $hook_before      = undef,
  Optional[Roundrobinbackup::Command]           $hook_after       = undef,
  Optional[Roundrobinbackup::Command]           $hook_on_failure  = undef,
  Optional[Integer[0]]                          $hook_timeout     = undef,
  Optional[Roundrobinbackup::Compressor]        $compress         = undef,
  Optional[Integer[1, 19]]                      $compress_level   = undef,
  Optional[Boolean]                             $always_archive   = undef,
  Optional[Roundrobinbackup::Rate]              $bwlimit          = undef,
  Optional[Boolean]                             $nice             = undef,
  Optional[Array[Roundrobinbackup::Option]]     $rsync_options    = undef,
  Optional[Array[Roundrobinbackup::Ssh_option]] $ssh_options      = undef,
  Optional[Roundrobinbackup::Path]              $ssh_config       = undef,
  Optional[Integer[0, 100]]                     $retries          = undef,
  Optional[Integer[4, 86400]]                   $timeout          = undef,
  Optional[Integer[0, 86400]]                   $lock_wait        = undef,
  Optional[Roundrobinbackup::Path]              $require_mount    = undef,
  Optional[Boolean]                             $allow_empty      = undef,
  Optional[Boolean]                             $accept_shrink    = undef,
  Optional[Roundrobinbackup::Count]             $max_prune        = undef,
  Optional[Boolean]                             $no_prune         = undef,
  Optional[Roundrobinbackup::Mirror]            $rsync_dir        = undef,
  Optional[Roundrobinbackup::Prefix]            $backup_prefix    = undef,
  Optional[Boolean]                             $dry_run          = undef,
  Optional[Boolean]                             $verbose          = undef,
  Array[Roundrobinbackup::Text]                 $extra_options    = [],
  Array[Roundrobinbackup::Path]                 $read_write_paths = [],
  Array[Roundrobinbackup::Capability]           $capabilities     = [],
) {
  unless $title =~ Roundrobinbackup::Name {
    fail("\"${title}\" cannot be the name of a backup: it takes letters, digits and _ . - and starts with a letter, a digit or _")
  }
  include roundrobinbackup

  $real_ensure = roundrobinbackup::first($ensure, $roundrobinbackup::ensure)
  $real_scheduler = roundrobinbackup::first($scheduler, $roundrobinbackup::scheduler)
  $account = roundrobinbackup::first($local_user, $roundrobinbackup::local_user)
  $real_source = roundrobinbackup::first($source, "${roundrobinbackup::source_path}/${title}/")
  $known_hosts = "/etc/roundrobinbackup/known_hosts_${title}"

  $fields = {
    'minute'   => roundrobinbackup::cron_field('minute', roundrobinbackup::first($minute, fqdn_rand(60, $title))),
    'hour'     => roundrobinbackup::cron_field('hour', roundrobinbackup::first($hour, $roundrobinbackup::hour)),
    'monthday' => roundrobinbackup::cron_field('monthday', roundrobinbackup::first($monthday, '*')),
    'month'    => roundrobinbackup::cron_field('month', roundrobinbackup::first($month, '*')),
    'weekday'  => roundrobinbackup::cron_field('weekday', roundrobinbackup::first($weekday, '*')),
  }

  # Where to, and how to get there.
  $connection = {
    'port'        => $port,
    'identity'    => $identity,
    'ssh_options' => $ssh_options,
    'ssh_config'  => $ssh_config,
    'retries'     => $retries,
    'timeout'     => $timeout,
  }
  $remote = { 'server' => $server, 'path' => $path, 'user' => $user, 'host_keys' => $host_keys } + $connection
  if $local_path {
    $contradictions = $remote.filter |$_name, $value| { $value =~ NotUndef }.keys
    unless $contradictions.empty {
      fail("Backup \"${title}\": local_path is a directory of this machine, so there can be no ${contradictions.join(', ')}")
    }
    $destination = $local_path
    $reached_by = {}
    $pins = []
  } else {
    $host = roundrobinbackup::first($server, $roundrobinbackup::server)
    if $host =~ Undef and $real_ensure == 'present' {
      fail("Backup \"${title}\" has no destination: set server, here or for the class roundrobinbackup, or local_path")
    }
    # Port and host keys of the class are those of the server of the class.
    $same = $roundrobinbackup::server in [undef, $host]
    $real_port = $same ? {
      true  => roundrobinbackup::first($port, $roundrobinbackup::server_port),
      false => $port,
    }
    $pins = $same ? {
      true  => roundrobinbackup::first($host_keys, $roundrobinbackup::server_host_keys),
      false => roundrobinbackup::first($host_keys, []),
    }
    $address = $host ? {
      /:/     => "[${host}]",
      default => $host,
    }
    $directory = roundrobinbackup::first($path, "${roundrobinbackup::server_path}/${title}/backup")
    $destination = "${roundrobinbackup::first($user, $roundrobinbackup::user)}@${address}:${directory}"

    $made_identity = $account ? {
      'root'  => '/etc/roundrobinbackup/id_ed25519',
      default => "/etc/roundrobinbackup/id_ed25519_${account}",
    }
    $real_identity = roundrobinbackup::first($identity, $roundrobinbackup::identity, $made_identity)
    if $real_ensure == 'present' and $real_identity == $made_identity and !defined(Roundrobinbackup::Identity[$made_identity]) {
      roundrobinbackup::identity { $made_identity:
        owner => $account,
      }
    }
    # With an alias the keys count whatever the port, and whatever name ssh's configuration gives.
    $pinned = $pins.empty ? {
      true  => [],
      false => [
        "UserKnownHostsFile=${known_hosts}",
        'GlobalKnownHostsFile=/dev/null',
        'StrictHostKeyChecking=yes',
        'CheckHostIP=no',
        "HostKeyAlias=${title}",
      ],
    }
    $further = roundrobinbackup::first($ssh_options, $roundrobinbackup::options['ssh_options'], [])
    $reached_by = $connection + {
      'port'        => $real_port,
      'identity'    => $real_identity,
      'ssh_options' => $pinned + $further,
    }
  }

  file { $known_hosts:
    ensure  => roundrobinbackup::present_if($real_ensure == 'present' and !$pins.empty),
    content => $pins.map |$key| { "${title} ${key}\n" }.join,
    owner   => 'root',
    group   => 'root',
    mode    => '0644',
    backup  => false,
    require => Class['roundrobinbackup::install'],
  }

  # Of the class, all but the connection of a backup that has none.
  $common = $roundrobinbackup::options.filter |$name, $_value| { !$local_path or !($name in $connection) }
  $own = {
    'excludes'       => $excludes,
    'days'           => $days,
    'weeks'          => $weeks,
    'months'         => $months,
    'years'          => $years,
    'anchor_date'    => $anchor_date,
    'day_of_week'    => $day_of_week,
    'day_of_month'   => $day_of_month,
    'month_of_year'  => $month_of_year,
    'splay'          => $splay,
    'before'         => $hook_before,
    'after'          => $hook_after,
    'on_failure'     => $hook_on_failure,
    'hook_timeout'   => $hook_timeout,
    'compress'       => $compress,
    'compress_level' => $compress_level,
    'always_archive' => $always_archive,
    'bwlimit'        => $bwlimit,
    'nice'           => $nice,
    'rsync_options'  => $rsync_options,
    'lock_wait'      => $lock_wait,
    'require_mount'  => $require_mount,
    'allow_empty'    => $allow_empty,
    'accept_shrink'  => $accept_shrink,
    'max_prune'      => $max_prune,
    'no_prune'       => $no_prune,
    'rsync_dir'      => $rsync_dir,
    'backup_prefix'  => $backup_prefix,
    'dry_run'        => $dry_run,
    'verbose'        => $verbose,
  }
  $options = $common + ($reached_by + $own).filter |$_name, $value| { $value =~ NotUndef }
  if $options['compress_level'] =~ Integer[10] and $options['compress'] != 'zstd' {
    fail("Backup \"${title}\": compress_level ${options['compress_level']} is for zstd alone; the others take 1 to 9")
  }

  # systemd spreads the starts by itself, so that the unit does not run while it waits.
  $by_systemd = $real_scheduler == 'systemd'
  $arguments = roundrobinbackup::arguments($options.filter |$name, $_value| { !($by_systemd and $name == 'splay') })
  $words = [$roundrobinbackup::program, $real_source, $destination] + $arguments + $extra_options
  $variables = $roundrobinbackup::environment + $environment

  roundrobinbackup::schedule::cron { $title:
    ensure      => roundrobinbackup::present_if($real_ensure == 'present' and !$by_systemd),
    cron_name   => $cron_name,
    local_user  => $account,
    words       => $words,
    fields      => $fields,
    environment => $variables,
  }
  roundrobinbackup::schedule::systemd { $title:
    ensure           => roundrobinbackup::present_if($real_ensure == 'present' and $by_systemd),
    local_user       => $account,
    words            => $words,
    calendar         => roundrobinbackup::on_calendar($fields),
    splay            => roundrobinbackup::first($options['splay'], 0),
    environment      => $variables,
    source           => $real_source,
    local_path       => $local_path,
    read_write_paths => $read_write_paths,
    capabilities     => $capabilities,
  }
}
