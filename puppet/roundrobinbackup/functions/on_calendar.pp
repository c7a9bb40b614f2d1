# What a crontab's five fields are as OnCalendar= of systemd: one expression, or two, because cron runs
# a job when the day of the month or the day of the week fits, once both are given.
# @api private
function roundrobinbackup::on_calendar(Hash[String[1], Array[String, 1]] $fields) >> Array[String, 1] {
  $first = { 'minute' => 0, 'hour' => 0, 'monthday' => 1, 'month' => 1 }
  $terms = $first.reduce({}) |$memo, $entry| {
    [$field, $lowest] = $entry
    $term = $fields[$field].map |$item| { $item.regsubst('\\*/', "${lowest}/").regsubst('-', '..') }.join(',')
    $memo + { $field => $term }
  }
  $time = "${terms['hour']}:${terms['minute']}:00"
  # systemd's weeks end on Sunday and its ranges do not wrap: every day is named.
  $names = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun']
  $days = $fields['weekday'].map |$item| {
    $parts = $item.split('/')
    [$from, $to] = $parts[0] ? {
      '*'     => [0, 6],
      /-/     => $parts[0].split('-').map |$bound| { Integer($bound) },
      default => [Integer($parts[0]), Integer($parts[0])],
    }
    $by = $parts[1] ? {
      Undef   => 1,
      default => Integer($parts[1]),
    }
    Array(Integer[$from, $to].step($by)).map |$day| { $names[$day] }
  }.flatten.unique.join(',')
  $every_day = $fields['weekday'] == ['*']
  $date = "*-${terms['month']}-${terms['monthday']}"
  if $every_day {
    ["${date} ${time}"]
  } elsif $fields['weekday'][0] =~ /\A\*/ or $fields['monthday'][0] =~ /\A\*/ {
    ["${days} ${date} ${time}"]
  } else {
    ["${date} ${time}", "${days} *-${terms['month']}-* ${time}"]
  }
}
