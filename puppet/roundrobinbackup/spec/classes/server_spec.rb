# frozen_string_literal: true

require_relative '../spec_helper'

describe 'roundrobinbackup::server' do
  { 'Debian' => [DEBIAN, true], 'RedHat' => [REDHAT, false] }.each do |system, (facts, lbzip2)|
    context "on #{system}" do
      let(:facts) { facts }

      it { is_expected.to compile.with_all_deps }
      it { is_expected.to contain_package('openssh-server') }
      it { lbzip2 ? is_expected.to(contain_package('lbzip2')) : is_expected.not_to(contain_package('lbzip2')) }
      it { is_expected.to contain_user('deploy').with_shell('/bin/sh') }
      it { is_expected.to contain_file('/data/available-websites').with('owner' => 'deploy', 'mode' => '0700') }
    end
  end

  context 'with clients' do
    let(:params) do
      { 'clients' => { 'web1' => { 'keys' => ["#{HOST_KEY} root@web1"] },
                       'web2' => { 'keys' => [HOST_KEY], 'account' => 'web2', 'from' => ['10.0.0.0/8'],
                                   'command' => 'serve "x"' },
                       'web3' => { 'keys' => [HOST_KEY], 'restrict' => false },
                       'gone' => { 'keys' => [HOST_KEY], 'ensure' => 'absent' } } }
    end

    it { is_expected.to compile.with_all_deps }
    it { is_expected.to contain_ssh_authorized_key('roundrobinbackup-web1').with('user' => 'deploy', 'key' => 'A' * 60, 'options' => ['restrict']) }
    it { is_expected.to contain_ssh_authorized_key('roundrobinbackup-web3').without_options }
    it { is_expected.to contain_ssh_authorized_key('roundrobinbackup-gone').with_ensure('absent') }
    it { is_expected.to contain_file('/data/web2').with_owner('web2') }

    it do
      is_expected.to contain_ssh_authorized_key('roundrobinbackup-web2')
        .with('user' => 'web2', 'options' => ['restrict', 'from="10.0.0.0/8"', 'command="serve \\"x\\""'])
        .that_requires('User[web2]')
    end
  end

  {
    'a key that is none' => [{ 'keys' => ['AAAA'] }, /keys/],
    'two keys in one' => [{ 'keys' => ["#{HOST_KEY}\n#{HOST_KEY}"] }, /keys/],
    'a command with a line break' => [{ 'keys' => [HOST_KEY], 'command' => "a\nb" }, /command/],
    'a directory without an account' => [{ 'keys' => [HOST_KEY], 'directory' => '/x' }, /set account too/],
  }.each do |what, (client, message)|
    context "with a client with #{what}" do
      let(:params) { { 'clients' => { 'web1' => client } } }

      it { is_expected.to compile.and_raise_error(message) }
    end
  end
end
