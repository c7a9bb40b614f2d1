# The first value that is one.
# @api private
function roundrobinbackup::first(Any *$values) >> Any {
  $values.filter |$value| { $value =~ NotUndef }[0]
}
