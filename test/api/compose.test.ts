/** A project of three real services by docker-compose, a client that this project did not write. */
import assert from 'node:assert/strict'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { debianImages } from '../support/debian-image.ts'
import { eventually } from '../support/engine.ts'
import { makeTemporaryFolder, type TemporaryFolder } from '../support/folders.ts'
import { whyNoImages } from '../support/image-engine.ts'
import { type NetworkedEngine, startNetworkedEngine, whyNoNetworkedEngine } from '../support/networked-engine.ts'
import { run, runChecked } from '../support/run.ts'

const COMPOSE = '/usr/bin/docker-compose'
const skip = whyNoNetworkedEngine() || whyNoImages() || (existsSync(COMPOSE) ? false : 'no docker-compose: npm test as root installs it')

// The images' services listen on the loopback device unless they are told otherwise.
const PROJECT = `version: '3.8'
services:
  web:
    image: shop/nginx:1
    command: ['sh', '-c', "sed -i 's/127.0.0.1://' /etc/nginx/nginx.conf && exec nginx -g 'daemon off;'"]
    ports: ['8080:80']
    networks: [front, back]
    depends_on:
      db: { condition: service_healthy }
      cache: { condition: service_started }
  cache:
    image: shop/redis:1
    command: ['redis-server', '--bind', '0.0.0.0', '--protected-mode', 'no', '--dir', '/data']
    networks: { back: { aliases: [store] } }
  db:
    image: shop/postgres:1
    command: ['postgres', '-c', 'listen_addresses=*']
    networks: [back]
    volumes: ['data:/var/lib/postgresql/data']
    healthcheck: { test: ['CMD', 'pg_isready', '-h', 'db', '-U', 'postgres'], interval: 1s, timeout: 3s, retries: 60 }
volumes: { data: {} }
networks:
  front:
  back: { internal: true, ipam: { config: [{ subnet: 10.44.0.0/24 }] } }
`

describe('docker-compose', { skip }, () => {
  let engine: NetworkedEngine
  let folder: TemporaryFolder
  before(async () => {
    folder = makeTemporaryFolder('compose')
    const images = await debianImages()
    engine = await startNetworkedEngine()
    for (const name of ['nginx', 'redis', 'postgres'] as const) {
      const archive = join(folder.path, `${name}.tar`)
      await runChecked('skopeo', ['copy', '-q', images.source(name), `docker-archive:${archive}:shop/${name}:1`])
      const loaded = await engine.helper.docker(['load', '-q', '-i', archive], { timeout: 60_000 })
      assert.equal(loaded.code, 0, loaded.stderr)
    }
    mkdirSync(join(folder.path, 'shop'))
    writeFileSync(join(folder.path, 'shop/docker-compose.yml'), PROJECT)
  })
  after(async () => {
    await engine?.[Symbol.asyncDispose]()
    await folder?.[Symbol.asyncDispose]()
  })

  const compose = async (...words: string[]) => {
    const env = { PATH: process.env.PATH, HOME: folder.path, DOCKER_HOST: `unix://${engine.helper.socket}` }
    const result = await run(COMPOSE, words, { cwd: join(folder.path, 'shop'), env, timeout: 120_000 })
    if (result.code !== 0) throw new Error(`docker-compose ${words.join(' ')}: ${result.stderr}${result.stdout}`)
    return result
  }
  /** Whether a command in a service goes well and says this. */
  const says = async (text: string, ...words: string[]) =>
    await compose('exec', '-T', ...words).then(
      ({ stdout }) => stdout === text,
      () => false,
    )
  const page = async () => (await engine.host.try('timeout', '3', 'busybox', 'wget', '-qO-', 'http://127.0.0.1:8080/')).stdout

  test('up: in order, healthy, and the page is there', async () => {
    await compose('up', '-d')
    assert.match((await compose('ps')).stdout, /shop_web_1 .*Up .*127\.0\.0\.1:8080->80\/tcp/)
    assert.match((await compose('ps')).stdout, /shop_db_1 .*Up \(healthy\)/)
    await eventually('nginx answers', async () => (await page()).includes('Welcome to nginx!'), 20)
  })

  test('exec: services find each other by their names and aliases', async () => {
    for (const name of ['cache', 'store', 'shop_cache_1'])
      assert.equal((await compose('exec', '-T', 'db', 'getent', 'hosts', name)).stdout.split(/\s+/)[0]?.startsWith('10.44.0.'), true)
    await eventually('redis is found', () => says('OK\n', 'cache', 'redis-cli', '-h', 'store', 'set', 'a', 'b'))
    assert.match(
      (
        await compose(
          'exec',
          '-T',
          'web',
          'curl',
          '-s',
          'telnet://cache:6379',
          '--max-time',
          '5',
          '-o',
          '/dev/null',
          '-w',
          '%{remote_ip}',
        ).catch((error: Error) => ({ stdout: error.message }))
      ).stdout,
      /10\.44\.0\./,
    )
  })

  test('logs, restart, and what is kept', async () => {
    await page()
    const isLogged = async () => /web_1 +\|.*"GET \/ HTTP\/1\.1" 200/.test((await compose('logs', 'web')).stdout)
    await eventually('it is in the log', isLogged)
    await compose('exec', '-T', 'db', 'psql', '-U', 'postgres', '-c', 'create table kept (a int)')
    await compose('down', '-t', '30')
    await compose('up', '-d')
    assert.match((await compose('exec', '-T', 'db', 'psql', '-U', 'postgres', '-c', '\\dt')).stdout, /kept/)
    await eventually('redis answers', () => says('OK\n', 'cache', 'redis-cli', 'set', 'a', 'b'))
    await compose('restart', '-t', '30', 'web', 'cache')
    await eventually('nginx answers again', async () => (await page()).includes('Welcome to nginx!'), 20)
    await eventually('redis has its data', () => says('b\n', 'cache', 'redis-cli', 'get', 'a'))
  })

  test('scale: one name, three addresses', async () => {
    await compose('up', '-d', '--scale', 'cache=3', '--no-recreate')
    const addresses = (await compose('exec', '-T', 'db', 'getent', 'ahostsv4', 'cache')).stdout
      .split('\n')
      .filter((line) => line.includes('STREAM'))
    assert.equal(new Set(addresses.map((line) => line.split(' ')[0])).size, 3)
  })

  test('a changed project is made anew where it has changed', async () => {
    writeFileSync(join(folder.path, 'shop/docker-compose.yml'), PROJECT.replace("'8080:80'", "'8080:80', '8081:80'"))
    await compose('up', '-d')
    assert.match(await engine.run('port', 'shop_web_1'), /8081/)
    await eventually(
      'nginx answers at the new port',
      async () => (await engine.host.try('busybox', 'wget', '-qO-', 'http://127.0.0.1:8081/')).code === 0,
      20,
    )
  })

  test('down -v: nothing is left', async () => {
    await compose('down', '-v', '-t', '1')
    assert.equal(await engine.run('ps', '-aq'), '')
    assert.equal(await engine.run('network', 'ls', '-q', '--filter', 'type=custom'), '')
    assert.equal(await engine.run('volume', 'ls', '-q', '--filter', 'name=shop'), '')
    assert.equal((await engine.host.run('ip', '-o', 'link')).includes('pk-'), false)
  })
})
