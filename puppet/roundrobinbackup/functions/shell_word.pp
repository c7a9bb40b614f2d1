# A word as sh reads it, in a form that cron leaves alone: no backslash stands before another one or
# before a percent sign, because cron would read the two as one character.
# @api private
function roundrobinbackup::shell_word(String $word) >> String {
  if $word =~ /\A[A-Za-z0-9_@=:,.\/+-]+\z/ {
    $word
  } else {
    $inside = $word.regsubst("'", "'\"'\"'", 'G').regsubst('\\\\', "\\\\''", 'G')
    "'${inside}'"
  }
}
