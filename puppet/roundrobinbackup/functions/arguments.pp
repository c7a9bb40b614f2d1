# The options of the program for values by the names of parameters: the value of true is a flag,
# an array gives an option for each item. Each option is one word, so that none can swallow the next.
# @api private
function roundrobinbackup::arguments(Hash[String[1], Any] $values) >> Array[String] {
  $renamed = {
    'dry_run'       => 'noop',
    'excludes'      => 'exclude',
    'rsync_options' => 'rsync-option',
    'ssh_options'   => 'ssh-option',
    'port'          => 'ssh-port',
    'identity'      => 'ssh-identity-file',
  }
  $arguments = $values.map |$key, $value| {
    $name = $key in $renamed ? {
      true    => $renamed[$key],
      default => $key.regsubst('_', '-', 'G'),
    }
    $value ? {
      Undef   => [],
      false   => [],
      true    => ["--${name}"],
      Array   => $value.map |$item| { "--${name}=${item}" },
      default => ["--${name}=${value}"],
    }
  }
  $arguments.flatten
}
