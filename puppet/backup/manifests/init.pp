# `backup { 'project_name': }`: a roundrobinbackup::backup by its short name, which also takes the
# parameters of the old puppet-backup module. All that are not listed are those of
# roundrobinbackup::backup, and are checked there.
#
# @param project_name Old: the name, when it is not the title.
# @param local_websites_dir Old: the source is `<local_websites_dir>/<name>/`.
# @param backup_remote_server Old, now `server`.
# @param backup_remote_dir Old: the destination is `<backup_remote_dir>/<name>/backup`; now `path`.
# @param backup_user Old, now `user`.
# @param backup_remote_ssh_port Old, now `port`.
# @param backup_days Old, now `days`; likewise weeks, months and years.
# @param backup_cron_minute Old, now `minute`; likewise hour, weekday, monthday and month.
# @param cron_minute Likewise, for manifests that have it without `backup_`.
# @param pre_backup
#   The pre-backup.sh of the old module: the command that is run before the backup with `-p` and the
#   source, or `false` for none. By default it is run where it is installed.
define backup (
  Optional[Roundrobinbackup::Name] $project_name = undef,
  Optional[Roundrobinbackup::Path] $local_websites_dir = undef,
  Optional[Roundrobinbackup::Host] $backup_remote_server = undef,
  Optional[Roundrobinbackup::Remote_path] $backup_remote_dir = undef,
  Optional[Roundrobinbackup::Account] $backup_user = undef,
  Optional[Variant[Roundrobinbackup::Port, Pattern[/\A[1-9]\d{0,4}\z/]]] $backup_remote_ssh_port = undef,
  Optional[Variant[Roundrobinbackup::Count, Pattern[/\A\d{1,5}\z/]]] $backup_days = undef,
  Optional[Variant[Roundrobinbackup::Count, Pattern[/\A\d{1,5}\z/]]] $backup_weeks = undef,
  Optional[Variant[Roundrobinbackup::Count, Pattern[/\A\d{1,5}\z/]]] $backup_months = undef,
  Optional[Variant[Roundrobinbackup::Count, Pattern[/\A\d{1,5}\z/]]] $backup_years = undef,
  Optional[Roundrobinbackup::Minute] $backup_cron_minute = undef,
  Optional[Roundrobinbackup::Hour] $backup_cron_hour = undef,
  Optional[Roundrobinbackup::Weekday] $backup_cron_weekday = undef,
  Optional[Roundrobinbackup::Monthday] $backup_cron_monthday = undef,
  Optional[Roundrobinbackup::Month] $backup_cron_month = undef,
  Optional[Roundrobinbackup::Minute] $cron_minute = undef,
  Optional[Roundrobinbackup::Hour] $cron_hour = undef,
  Optional[Roundrobinbackup::Weekday] $cron_weekday = undef,
  Optional[Roundrobinbackup::Monthday] $cron_monthday = undef,
  Optional[Roundrobinbackup::Month] $cron_month = undef,
  Optional[Variant[Boolean[false], Roundrobinbackup::Path]] $pre_backup = undef,
  Any $ensure = undef,
  Any $source = undef,
  Any $server = undef,
  Any $path = undef,
  Any $local_path = undef,
  Any $user = undef,
  Any $port = undef,
  Any $identity = undef,
  Any $host_keys = undef,
  Any $excludes = undef,
  Any $days = undef,
  Any $weeks = undef,
  Any $months = undef,
  Any $years = undef,
  Any $anchor_date = undef,
  Any $day_of_week = undef,
  Any $day_of_month = undef,
  Any $month_of_year = undef,
  Any $scheduler = undef,
  Any $minute = undef,
  Any $hour = undef,
  Any $weekday = undef,
  Any $monthday = undef,
  Any $month = undef,
  Any $splay = undef,
  Any $environment = undef,
  Any $local_user = undef,
  Any $cron_name = undef,
  Any $hook_before = undef,
  Any $hook_after = undef,
  Any $hook_on_failure = undef,
  Any $hook_timeout = undef,
  Any $compress = undef,
  Any $compress_level = undef,
  Any $always_archive = undef,
  Any $bwlimit = undef,
  Any $nice = undef,
  Any $rsync_options = undef,
  Any $ssh_options = undef,
  Any $ssh_config = undef,
  Any $retries = undef,
  Any $timeout = undef,
  Any $lock_wait = undef,
  Any $require_mount = undef,
  Any $allow_empty = undef,
  Any $accept_shrink = undef,
  Any $max_prune = undef,
  Any $no_prune = undef,
  Any $rsync_dir = undef,
  Any $backup_prefix = undef,
  Any $dry_run = undef,
  Any $verbose = undef,
  Any $extra_options = undef,
  Any $read_write_paths = undef,
  Any $capabilities = undef,
) {
  include roundrobinbackup

  # By its old and by its new name: one of them would be lost.
  $renamed = {
    'server'   => [$server, $backup_remote_server],
    'path'     => [$path, $backup_remote_dir],
    'source'   => [$source, $local_websites_dir],
    'user'     => [$user, $backup_user],
    'port'     => [$port, $backup_remote_ssh_port],
    'days'     => [$days, $backup_days],
    'weeks'    => [$weeks, $backup_weeks],
    'months'   => [$months, $backup_months],
    'years'    => [$years, $backup_years],
    'minute'   => [$minute, $backup_cron_minute, $cron_minute],
    'hour'     => [$hour, $backup_cron_hour, $cron_hour],
    'weekday'  => [$weekday, $backup_cron_weekday, $cron_weekday],
    'monthday' => [$monthday, $backup_cron_monthday, $cron_monthday],
    'month'    => [$month, $backup_cron_month, $cron_month],
  }
  $renamed.each |$name, $values| {
    if $values.filter |$value| { $value =~ NotUndef }.length > 1 {
      fail("Backup \"${title}\": ${name} is given by its old name as well")
    }
  }

  $name_there = roundrobinbackup::first($project_name, $title)
  $real_source = $local_websites_dir ? {
    Undef   => roundrobinbackup::first($source, "${roundrobinbackup::source_path}/${name_there}/"),
    default => "${local_websites_dir}/${name_there}/",
  }
  $real_path = $backup_remote_dir ? {
    Undef   => $path,
    default => "${backup_remote_dir}/${name_there}/backup",
  }

  # A server by its old name is reached as the old module did: by its port, with its key.
  $real_user = roundrobinbackup::first($user, $backup_user)
  if $backup_remote_server {
    $common_port = $roundrobinbackup::server in [undef, $backup_remote_server] ? {
      true  => $roundrobinbackup::server_port,
      false => undef,
    }
    $old_key = "/home/${roundrobinbackup::first($real_user, $roundrobinbackup::user)}/.ssh/${backup_remote_server}"
    $real_port = roundrobinbackup::first($port, $backup_remote_ssh_port, $common_port, 2222)
    $real_identity = roundrobinbackup::first($identity, $roundrobinbackup::identity, $old_key)
  } else {
    $real_port = roundrobinbackup::first($port, $backup_remote_ssh_port)
    $real_identity = $identity
  }

  $script = roundrobinbackup::first($pre_backup, $facts['backup_pre_backup'], false)
  $dump = $script ? {
    false   => undef,
    default => "${roundrobinbackup::shell_word($script)} -p ${roundrobinbackup::shell_word($real_source.regsubst('/+\z', ''))}",
  }

  # The old module kept more years than the program does, and left git's files out.
  $common = $roundrobinbackup::options
  $counts = {
    'days'   => roundrobinbackup::first($days, $backup_days),
    'weeks'  => roundrobinbackup::first($weeks, $backup_weeks),
    'months' => roundrobinbackup::first($months, $backup_months),
    'years'  => roundrobinbackup::first($years, $backup_years, $common['years'], 20),
  }
  $numbers = ($counts + { 'port' => $real_port }).reduce({}) |$memo, $entry| {
    $number = $entry[1] ? {
      String  => Integer($entry[1], 10),
      default => $entry[1],
    }
    $memo + { $entry[0] => $number }
  }

  roundrobinbackup::backup { $name_there:
    ensure           => $ensure,
    server           => roundrobinbackup::first($server, $backup_remote_server),
    path             => $real_path,
    user             => $real_user,
    identity         => $real_identity,
    minute           => roundrobinbackup::first($minute, $backup_cron_minute, $cron_minute),
    hour             => roundrobinbackup::first($hour, $backup_cron_hour, $cron_hour),
    weekday          => roundrobinbackup::first($weekday, $backup_cron_weekday, $cron_weekday),
    monthday         => roundrobinbackup::first($monthday, $backup_cron_monthday, $cron_monthday),
    month            => roundrobinbackup::first($month, $backup_cron_month, $cron_month),
    excludes         => roundrobinbackup::first($excludes, $common['excludes'], ['.git*']),
    hook_before      => roundrobinbackup::first($hook_before, $dump),
    # By this name the entry of the old module is replaced.
    cron_name        => roundrobinbackup::first($cron_name, "${name_there}-backup-cron"),
    source           => $real_source,
    local_path       => $local_path,
    host_keys        => $host_keys,
    anchor_date      => $anchor_date,
    day_of_week      => $day_of_week,
    day_of_month     => $day_of_month,
    month_of_year    => $month_of_year,
    scheduler        => $scheduler,
    splay            => $splay,
    environment      => $environment,
    local_user       => $local_user,
    hook_after       => $hook_after,
    hook_on_failure  => $hook_on_failure,
    hook_timeout     => $hook_timeout,
    compress         => $compress,
    compress_level   => $compress_level,
    always_archive   => $always_archive,
    bwlimit          => $bwlimit,
    nice             => $nice,
    rsync_options    => $rsync_options,
    ssh_options      => $ssh_options,
    ssh_config       => $ssh_config,
    retries          => $retries,
    timeout          => $timeout,
    lock_wait        => $lock_wait,
    require_mount    => $require_mount,
    allow_empty      => $allow_empty,
    accept_shrink    => $accept_shrink,
    max_prune        => $max_prune,
    no_prune         => $no_prune,
    rsync_dir        => $rsync_dir,
    backup_prefix    => $backup_prefix,
    dry_run          => $dry_run,
    verbose          => $verbose,
    extra_options    => $extra_options,
    read_write_paths => $read_write_paths,
    capabilities     => $capabilities,
    *                => $numbers,
  }
}
