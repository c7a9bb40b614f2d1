# frozen_string_literal: true

require_relative '../spec_helper'

describe 'roundrobinbackup' do
  { 'Debian' => [DEBIAN, 'openssh-client', 'cron'],
    'RedHat' => [REDHAT, 'openssh-clients', 'cronie'] }.each do |system, (facts, ssh, cron)|
    context "on #{system}" do
      let(:facts) { facts }
      let(:params) { { 'server' => 'backup.example.com', 'backups' => { 'www' => {} } } }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_package('rsync').with_ensure('installed') }
      it { is_expected.to contain_package(ssh) }
      it { is_expected.to contain_package(cron).that_comes_before('Cron[www-backup-cron]') }
      it { is_expected.to contain_file('/usr/local/bin/roundrobinbackup').with_mode('0755') }
      it { is_expected.to contain_cron('www-backup-cron').with_user('root').with_hour(['2']) }
    end
  end

  context 'with another source' do
    let(:params) { { 'source' => 'https://files.example.com/roundrobinbackup', 'checksum_value' => 'a' * 64 } }

    it do
      is_expected.to contain_file('/usr/local/bin/roundrobinbackup')
        .with('source' => params['source'], 'checksum' => 'sha256', 'checksum_value' => 'a' * 64)
    end
  end

  context 'with what others manage' do
    let(:params) { { 'manage_packages' => false, 'manage_program' => false } }

    it { is_expected.not_to contain_package('rsync') }
    it { is_expected.not_to contain_file('/usr/local/bin/roundrobinbackup') }
  end

  {
    'https without a checksum' => [{ 'source' => 'https://files.example.com/x' }, /checksum_value must say its sha256/],
    'a checksum that is none' => [{ 'checksum_value' => 'abc' }, /checksum_value/],
    'a relative program' => [{ 'program' => 'bin/roundrobinbackup' }, /program/],
    'a port that is none' => [{ 'server_port' => 70_000 }, /server_port/],
    'a host key that is none' => [{ 'server_host_keys' => ['AAAA'] }, /server_host_keys/],
    'a name of a backup that is none' => [{ 'server' => 'a', 'backups' => { '../x' => {} } }, /backups/],
    'a source that is a relative file' => [{ 'source' => 'roundrobinbackup' }, /source/],
  }.each do |what, (params, message)|
    context "with #{what}" do
      let(:params) { params }

      it { is_expected.to compile.and_raise_error(message) }
    end
  end
end
