# frozen_string_literal: true

# Where a machine has the pre-backup.sh of the old module, which dumped databases: its backups must
# not lose them because the module is another one.
Facter.add(:backup_pre_backup) do
  confine kernel: 'Linux'
  setcode do
    # First of all where the old module itself lays it down.
    directories = ['/data/puppet/pre-backup'] + ENV.fetch('PATH', '').split(File::PATH_SEPARATOR) +
                  ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin']
    directories.map { |directory| File.join(directory, 'pre-backup.sh') }
               .find { |file| File.file?(file) && File.executable?(file) }
  end
end
