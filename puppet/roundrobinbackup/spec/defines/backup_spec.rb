# frozen_string_literal: true

require_relative '../spec_helper'

describe 'roundrobinbackup::backup' do
  let(:title) { 'www' }
  let(:pre_condition) { SERVER }
  let(:words) { catalogue.resource('Roundrobinbackup::Schedule::Cron', title)[:words] }
  let(:units) { catalogue.resource('File', "/etc/systemd/system/roundrobinbackup-#{title}.service")[:content] }

  it 'backs up /data/websites to the server of the class, by a title alone' do
    expect(words).to eq([
      '/usr/local/bin/roundrobinbackup',
      '/data/websites/www/',
      'deploy@backup.example.com:/data/available-websites/www/backup',
      '--ssh-identity-file=/etc/roundrobinbackup/id_ed25519',
    ])
  end

  it 'runs at a minute that depends on machine and title' do
    expect(catalogue.resource('Cron', 'www-backup-cron')[:minute]).to match([/\A[1-5]?\d\z/])
  end

  it { is_expected.to contain_exec('make the key /etc/roundrobinbackup/id_ed25519').with_creates('/etc/roundrobinbackup/id_ed25519') }
  it { is_expected.to contain_file('/etc/roundrobinbackup/known_hosts_www').with_ensure('absent') }

  context 'with host keys' do
    let(:params) { { 'host_keys' => [HOST_KEY], 'port' => 2222 } }

    it { is_expected.to contain_file('/etc/roundrobinbackup/known_hosts_www').with_content("www #{HOST_KEY}\n") }

    it 'lets these alone count' do
      expect(words).to include('--ssh-port=2222', '--ssh-option=StrictHostKeyChecking=yes',
                               '--ssh-option=UserKnownHostsFile=/etc/roundrobinbackup/known_hosts_www',
                               '--ssh-option=GlobalKnownHostsFile=/dev/null', '--ssh-option=HostKeyAlias=www')
    end
  end

  context 'with an existing key' do
    let(:params) { { 'identity' => '/root/.ssh/backup' } }

    it { is_expected.not_to contain_file('/root/.ssh/backup') }
    it { expect(words).to include('--ssh-identity-file=/root/.ssh/backup') }
    it { expect(catalogue.resources.map(&:type)).not_to include('Roundrobinbackup::Identity') }
  end

  context 'with another account of this machine' do
    let(:params) { { 'local_user' => 'web' } }

    it { is_expected.to contain_cron('www-backup-cron').with_user('web') }
    it { is_expected.to contain_file('/etc/roundrobinbackup/id_ed25519_web').with('owner' => 'web', 'mode' => '0600') }
  end

  context 'with an IPv6 address and a server that is not that of the class' do
    let(:pre_condition) do
      "class { 'roundrobinbackup': server => 'a', server_port => 2222, server_host_keys => ['#{HOST_KEY}'] }"
    end
    let(:params) { { 'server' => '2001:db8::1' } }

    it 'does not take port and host keys of the other one' do
      expect(words[2]).to eq('deploy@[2001:db8::1]:/data/available-websites/www/backup')
      expect(words.grep(/port|UserKnownHosts/)).to eq([])
    end
  end

  context 'with values of the class and its own' do
    let(:pre_condition) do
      "class { 'roundrobinbackup': server => 'a', days => 3, weeks => 4, nice => true, excludes => ['*.log'] }"
    end
    let(:params) { { 'weeks' => 9, 'nice' => false } }

    it { expect(words).to include('--days=3', '--weeks=9', '--exclude=*.log') }
    it { expect(words).not_to include('--nice') }
  end

  context 'with a directory of this machine' do
    let(:pre_condition) { "class { 'roundrobinbackup': server => 'a', retries => 3, days => 3 }" }
    let(:params) { { 'local_path' => '/mnt/backup/www' } }

    it { expect(words).to eq(['/usr/local/bin/roundrobinbackup', '/data/websites/www/', '/mnt/backup/www', '--days=3']) }
    it { expect(catalogue.resources.map(&:type)).not_to include('Roundrobinbackup::Identity') }
  end

  context 'when it is absent' do
    let(:pre_condition) { 'include roundrobinbackup' }
    let(:params) { { 'ensure' => 'absent' } }

    it { is_expected.to compile.with_all_deps }
    it { is_expected.to contain_cron('www-backup-cron').with_ensure('absent') }
    it { is_expected.to contain_file('/etc/systemd/system/roundrobinbackup-www.timer').with_ensure('absent') }
    it { is_expected.to contain_file('/etc/roundrobinbackup/known_hosts_www').with_ensure('absent') }
    it { is_expected.not_to contain_file('/etc/roundrobinbackup/id_ed25519') }

    context 'and there is no crontab command' do
      let(:facts) { DEBIAN.merge('roundrobinbackup' => { 'crontab' => false }) }

      it { is_expected.not_to contain_cron('www-backup-cron') }
    end
  end

  context 'with systemd' do
    let(:params) do
      { 'scheduler' => 'systemd', 'minute' => 5, 'weekday' => 'mon-fri', 'monthday' => 1, 'splay' => '30m',
        'hook_before' => "line 1\nline 2", 'read_write_paths' => ['/srv/my dumps'], 'capabilities' => ['CAP_SETUID'] }
    end

    it { is_expected.to compile.with_all_deps }
    it { is_expected.to contain_cron('www-backup-cron').with_ensure('absent') }
    it { is_expected.to contain_service('roundrobinbackup-www.timer').with('ensure' => 'running', 'enable' => true) }
    it { expect(units).to include('"--before=line 1\nline 2"', 'ReadWritePaths="-/srv/my dumps"', 'CAP_SETUID') }
    it { expect(units).not_to include('--splay') }

    it 'runs when the day of the month or the weekday fits, as cron does' do
      is_expected.to contain_file('/etc/systemd/system/roundrobinbackup-www.timer')
        .with_content(/^OnCalendar=\*-\*-1 2:5:00\nOnCalendar=Mon,Tue,Wed,Thu,Fri \*-\*-\* 2:5:00$/)
        .with_content(/^RandomizedDelaySec=30m$/)
    end
  end

  # Nonsense, and what the error has to name.
  {
    'a relative source' => [{ 'source' => 'www' }, /source/],
    'a relative identity' => [{ 'identity' => '.ssh/id' }, /identity/],
    'port 0' => [{ 'port' => 0 }, /port/],
    'minute 61' => [{ 'minute' => 61 }, /minute/],
    'minute 61 in a text' => [{ 'minute' => '1,61' }, /61 is not between 0 and 59/],
    'a range that ends before it starts' => [{ 'hour' => '5-3' }, /ends before it starts/],
    'a weekday that is none' => [{ 'weekday' => 'xyz' }, /weekday xyz/],
    'a negative count' => [{ 'days' => -1 }, /days/],
    'a date that is none' => [{ 'anchor_date' => '2026-02-30' }, /anchor_date/],
    'a compressor that is none' => [{ 'compress' => 'rar' }, /compress/],
    'a level that the compressor lacks' => [{ 'compress_level' => 12 }, /compress_level 12 is for zstd/],
    'a line break in a hook of a cron entry' => [{ 'hook_before' => "a\nb" }, /one line.*script.*systemd/],
    'a cron entry that is too long' => [{ 'hook_before' => 'x' * 900 }, /998 bytes.*script.*systemd/],
    'an empty hook' => [{ 'hook_after' => ' ' }, /hook_after/],
    'an exclude with a line break' => [{ 'excludes' => ["a\nb"] }, /excludes/],
    'a remote path that is expanded there' => [{ 'path' => '/srv/*' }, /path/],
    'a server that is an option' => [{ 'server' => '-oProxyCommand=x' }, /server/],
    'a user that is none' => [{ 'user' => 'a b' }, /user/],
    'a local path and a server' => [{ 'local_path' => '/a', 'server' => 'b' }, /local_path.*no server/],
    'a local path and a key' => [{ 'local_path' => '/a', 'identity' => '/b' }, /local_path.*no identity/],
    'an rsync option that is none' => [{ 'rsync_options' => ['x'] }, /rsync_options/],
    'an ssh option that is none' => [{ 'ssh_options' => ['-v'] }, /ssh_options/],
    'a mirror outside of the destination' => [{ 'rsync_dir' => '../x' }, /rsync_dir/],
    'a prefix with a slash' => [{ 'backup_prefix' => 'a/b' }, /backup_prefix/],
    'a variable that cron cannot set' => [{ 'environment' => { 'A' => ' x' } }, /environment/],
    'a splay that is none' => [{ 'splay' => 'soon' }, /splay/],
    'a parameter that there is not' => [{ 'dais' => 1 }, /dais/],
  }.each do |what, (params, message)|
    context "with #{what}" do
      let(:params) { params }

      it { is_expected.to compile.and_raise_error(message) }
    end
  end

  ['../x', 'a b', "a\nb", '-x', '.', 'a/b'].each do |name|
    context "by the title #{name.inspect}" do
      let(:title) { name }

      it { is_expected.to compile.and_raise_error(/cannot be the name of a backup/) }
    end
  end

  context 'without a server' do
    let(:pre_condition) { '' }

    it { is_expected.to compile.and_raise_error(/has no destination: set server/) }
  end
end
