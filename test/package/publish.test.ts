import { execFileSync, spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { root } from './support.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

const author = { GIT_AUTHOR_NAME: 'Ann', GIT_AUTHOR_EMAIL: 'ann@contoso.example' };
const committer = { GIT_COMMITTER_NAME: 'Ann', GIT_COMMITTER_EMAIL: 'ann@contoso.example' };
const manifest = {
  name: 'invented',
  version: '1.2.3',
  repository: { type: 'git', url: 'https://contoso.example/a.git' },
};
const changelog = '# Changelog\n\n## [1.2.3] - 2026-01-31\n\n- First.\n';

/** A small repository that may be published: committed, tagged, described. */
function repository(change: { manifest?: object; changelog?: string; tag?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'publish-'));
  folders.push(folder);
  const git = (...options: string[]): void => {
    execFileSync('git', options, { cwd: folder, env: { ...process.env, ...author, ...committer }, stdio: 'ignore' });
  };
  mkdirSync(join(folder, '.ci'));
  cpSync(`${root}.ci/publish`, join(folder, '.ci', 'publish'));
  writeFileSync(join(folder, '.ci', 'run'), 'touch ran\n');
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, ...change.manifest }));
  writeFileSync(join(folder, 'CHANGELOG.md'), change.changelog ?? changelog);
  git('init', '--quiet');
  git('add', '--all');
  git('commit', '--quiet', '--message', 'First');
  git('tag', change.tag ?? 'v1.2.3');
  return { folder, git };
}

function publish(folder: string, ...options: string[]) {
  // No CI service: whatever the machine of this test has, nothing can be published from here.
  const env = { ...process.env, ACTIONS_ID_TOKEN_REQUEST_URL: '', SIGSTORE_ID_TOKEN: '' };
  const { status, stdout } = spawnSync('bash', [join(folder, '.ci', 'publish'), ...options], { encoding: 'utf8', env });
  return { status, failed: [...stdout.matchAll(/^FAIL (.+)$/gm)].map((match) => match[1]), stdout };
}

test('a clean, tagged, described commit would be published', () => {
  const { status, failed, stdout } = publish(repository().folder, '--dry-run');
  expect({ status, failed }).toEqual({ status: 0, failed: [] });
  expect(stdout).toContain('would run .ci/run, then publish invented 1.2.3');
});

test.each([
  ['another tag', { tag: 'v1.2.4' }, 'the tag v1.2.3 is checked out'],
  [
    'no heading of the version',
    { changelog: '## [1.2.30] - 2026-01-31\n' },
    'CHANGELOG.md has a dated heading for 1.2.3',
  ],
  [
    'a heading without its date',
    { changelog: '## [1.2.3] - Unreleased\n' },
    'CHANGELOG.md has a dated heading for 1.2.3',
  ],
  ['no repository', { manifest: { repository: undefined } }, 'package.json names its repository'],
  ['a private package', { manifest: { private: true } }, 'package.json is not private'],
])('refused: %s', (_name, change, reason) => {
  const { status, failed } = publish(repository(change).folder, '--dry-run');
  expect({ status, failed }).toEqual({ status: 1, failed: [reason] });
});

test('refused: a changed file', () => {
  const { folder } = repository();
  appendFileSync(join(folder, 'CHANGELOG.md'), '- More.\n');
  expect(publish(folder, '--dry-run').failed).toEqual(['the tree is clean']);
});

test('refused: a file that nobody committed', () => {
  const { folder } = repository();
  writeFileSync(join(folder, 'secret.env'), '');
  expect(publish(folder, '--dry-run').failed).toEqual(['the tree is clean']);
});

test('refused: a commit after the tag', () => {
  const { folder, git } = repository();
  git('commit', '--quiet', '--allow-empty', '--message', 'Later');
  expect(publish(folder, '--dry-run').failed).toEqual(['the tag v1.2.3 is checked out']);
});

test('without --dry-run, refused where no CI service signs provenance, before anything is run', () => {
  const { folder } = repository();
  const { status, failed } = publish(folder);
  expect({ status, failed }).toEqual({ status: 1, failed: ['a CI service is here that signs provenance'] });
  expect(execFileSync('git', ['status', '--porcelain'], { cwd: folder, encoding: 'utf8' })).toBe('');
});

test('an option it does not know is refused', () => {
  expect(publish(repository().folder, '--dryrun').status).toBe(2);
});
