# frozen_string_literal: true

require_relative '../../../roundrobinbackup/spec/spec_helper'

describe 'backup' do
  let(:title) { 'www' }
  let(:pre_condition) { SERVER }
  let(:words) { catalogue.resource('Roundrobinbackup::Schedule::Cron', 'www')[:words] }

  it { is_expected.to compile.with_all_deps }
  it { expect(words[1..2]).to eq(['/data/websites/www/', 'deploy@backup.example.com:/data/available-websites/www/backup']) }
  it { expect(words).to include('--years=20', '--exclude=.git*', '--ssh-identity-file=/etc/roundrobinbackup/id_ed25519') }
  it { expect(words.grep(/port/)).to eq([]) }

  context 'with all parameters of the old module, as texts too' do
    let(:title) { 'anything' }
    let(:pre_condition) { '' }
    let(:facts) { DEBIAN.merge('backup_pre_backup' => '/usr/local/bin/pre-backup.sh') }
    let(:params) do
      { 'project_name' => 'www', 'local_websites_dir' => '/srv/sites', 'backup_remote_server' => 'old.example.com',
        'backup_remote_dir' => '/srv/backups', 'backup_user' => 'push', 'backup_remote_ssh_port' => '2200',
        'backup_days' => '1', 'backup_weeks' => 2, 'backup_months' => '3', 'backup_years' => 4, 'backup_cron_minute' => '0',
        'backup_cron_hour' => 3, 'backup_cron_weekday' => '*', 'backup_cron_monthday' => '*', 'backup_cron_month' => '*' }
    end

    it 'makes the same archives in the same place' do
      expect(words).to match_array([
        '/usr/local/bin/roundrobinbackup', '/srv/sites/www/', 'push@old.example.com:/srv/backups/www/backup',
        '--ssh-port=2200', '--ssh-identity-file=/home/push/.ssh/old.example.com', '--exclude=.git*',
        '--days=1', '--weeks=2', '--months=3', '--years=4',
        '--before=/usr/local/bin/pre-backup.sh -p /srv/sites/www'
      ])
    end

    it { is_expected.to contain_cron('www-backup-cron').with('minute' => ['0'], 'hour' => ['3'], 'weekday' => ['*']) }
  end

  context 'with a server by its old name alone' do
    let(:pre_condition) { '' }
    let(:params) { { 'backup_remote_server' => 'old.example.com' } }

    it { expect(words).to include('--ssh-port=2222', '--ssh-identity-file=/home/deploy/.ssh/old.example.com', '--years=20') }
  end

  context 'where the old module has left its script, and it is not wanted' do
    let(:facts) { DEBIAN.merge('backup_pre_backup' => '/usr/local/bin/pre-backup.sh') }
    let(:params) { { 'pre_backup' => false } }

    it { expect(words.grep(/before/)).to eq([]) }
  end

  context 'with the names of the schedule without backup_' do
    let(:params) { { 'cron_minute' => '5', 'cron_hour' => '2-4' } }

    it { is_expected.to contain_cron('www-backup-cron').with('minute' => ['5'], 'hour' => ['2-4']) }
  end

  context 'with an old and a new name of one thing' do
    let(:params) { { 'days' => 1, 'backup_days' => 2 } }

    it { is_expected.to compile.and_raise_error(/days is given by its old name as well/) }
  end

  it 'takes every parameter of roundrobinbackup::backup' do
    parameters = %w[backup/manifests/init.pp roundrobinbackup/manifests/backup.pp].map do |file|
      File.read(File.join(MODULES, file))[/^define.*?^\) \{/m].scan(/\$(\w+) *=/).flatten
    end
    expect(parameters[1].length).to be > 50
    expect(parameters[1] - parameters[0]).to eq([])
  end

  it 'passes on what it does not know itself' do
    passed = File.read(File.join(MODULES, 'backup/manifests/init.pp'))[/^  roundrobinbackup::backup.*/m].scan(/^ +(\w+) +=>/).flatten
    numbers = %w[days weeks months years port]
    named = File.read(File.join(MODULES, 'roundrobinbackup/manifests/backup.pp'))[/^define.*?^\) \{/m].scan(/\$(\w+) *=/).flatten
    expect(named - passed - numbers).to eq([])
  end
end
