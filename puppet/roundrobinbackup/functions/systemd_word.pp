# A word as systemd reads it in a setting: in double quotes with C's escapes, a percent sign doubled;
# in a command line a dollar sign as well.
# @api private
function roundrobinbackup::systemd_word(String $word, Boolean $command = true) >> String {
  if $word =~ /\A[A-Za-z0-9_@=:,.\/+-]+\z/ {
    $word
  } else {
    $inside = $word
    .regsubst('\\\\', '\\\\\\\\', 'G')
    .regsubst('"', '\\\\"', 'G')
    .regsubst("\n", '\\\\n', 'G')
    .regsubst("\t", '\\\\t', 'G')
    .regsubst('%', '%%', 'G')
    $dollars = $command ? {
      true  => $inside.regsubst('\\$', '$$', 'G'),
      false => $inside,
    }
    "\"${dollars}\""
  }
}
