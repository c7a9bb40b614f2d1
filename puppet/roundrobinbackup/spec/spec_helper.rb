# frozen_string_literal: true

require 'rspec-puppet'

MODULES = File.expand_path('../..', __dir__)
HOST_KEY = "ssh-ed25519 #{'A' * 60}"
SERVER = "class { 'roundrobinbackup': server => 'backup.example.com' }"

DEBIAN = {
  'os' => { 'family' => 'Debian', 'name' => 'Debian' },
  'networking' => { 'fqdn' => 'web1.example.com', 'ip' => '192.0.2.1' },
  'path' => '/usr/bin:/bin',
  'kernel' => 'Linux',
}.freeze
REDHAT = DEBIAN.merge('os' => { 'family' => 'RedHat', 'name' => 'Rocky' }).freeze

RSpec.configure do |config|
  config.module_path = [MODULES, *Dir.glob('{/usr/share/puppet/modules,/etc/puppetlabs/code/modules}')].join(':')
  config.strict_variables = true
  config.default_facts = DEBIAN
end
