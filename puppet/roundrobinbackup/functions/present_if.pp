# The value of ensure for what is wanted or not.
# @api private
function roundrobinbackup::present_if(Boolean $wanted) >> Roundrobinbackup::Ensure {
  $wanted ? {
    true  => 'present',
    false => 'absent',
  }
}
