# The items of a field of a crontab as numbers and ranges of numbers; ['*'] when it says nothing.
# @api private
function roundrobinbackup::cron_field(String[1] $field, Any $value) >> Array[String, 1] {
  $bounds = {
    'minute'   => [0, 59],
    'hour'     => [0, 23],
    'monthday' => [1, 31],
    'month'    => [1, 12],
    'weekday'  => [0, 7],
  }
  $names = {
    'month'   => ['', 'jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'],
    'weekday' => ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'],
  }
  [$lowest, $highest] = $bounds[$field]
  $items = [$value].flatten.map |$item| { String($item).split(',') }.flatten
  $numeric = $items.map |$item| {
    $parts = $item.split('/')
    $numbers = $parts[0].split('-').map |$bound| {
      if $bound == '*' {
        $bound
      } else {
        $number = $bound ? {
          /\A\d+\z/ => Integer($bound, 10),
          default   => [$names[$field]].flatten.index($bound),
        }
        if $number =~ Undef or $number < $lowest or $number > $highest {
          fail("${field} ${item}: ${bound} is not between ${lowest} and ${highest}")
        }
        $number
      }
    }
    if $numbers.length == 2 and $numbers[0] > $numbers[1] {
      fail("${field} ${item}: the range ends before it starts")
    }
    $text = $numbers.join('-')
    $parts[1] ? {
      Undef   => $text,
      default => "${text}/${parts[1]}",
    }
  }
  '*' in $numeric ? {
    true  => ['*'],
    false => $numeric,
  }
}
