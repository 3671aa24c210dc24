// The style sheets that pages ask for: what they use of Bootstrap, and ours, in one file each, for a slow line pays for every request.
// `node scripts/styles.mjs` writes static/css/site.css and customer.css; with --check it says whether they are as it would write them.
import { readFile, writeFile } from 'node:fs/promises'
import { PurgeCSS } from 'purgecss'

const BOOTSTRAP = 'node_modules/bootstrap/dist/css/bootstrap.min.css'
const EVERY_PAGE = ['tokens', 'base', 'layout', 'components', 'content']
const SHEETS = { site: EVERY_PAGE, customer: [...EVERY_PAGE, 'portal'] }
// Wherever a class of an element may be named: templates, code that makes elements, scripts.
const NAMED_IN = [
  'templates/**/*.html',
  '{supportdesk,portal,desk,api,evidence,tickets,sla,accounts,lib}/**/*.{py,html}',
  'static/js/*.js',
]
const HEAD = '/* Made by `make styles` out of Bootstrap (MIT) and the style sheets beside this one; change those. */\n'

async function used() {
  const [found] = await new PurgeCSS().purge({ content: NAMED_IN, css: [BOOTSTRAP], keyframes: true, variables: true })
  return found.css
}

async function sheet(bootstrap, names) {
  const ours = await Promise.all(names.map((name) => readFile(`static/css/${name}.css`, 'utf8')))
  const short = ours.map((text) => text.replace(/\/\*[^]*?\*\//g, '').replace(/\s*\n\s*/g, ' ').trim())
  return HEAD + [bootstrap.replace('@charset "UTF-8";', ''), ...short].join('\n') + '\n'
}

const check = process.argv.includes('--check')
const bootstrap = await used()
for (const [name, names] of Object.entries(SHEETS)) {
  const path = `static/css/${name}.css`
  const made = await sheet(bootstrap, names)
  if (!check) {
    await writeFile(path, made)
  } else if ((await readFile(path, 'utf8').catch(() => '')) !== made) {
    console.error(`${path} is not what \`make styles\` makes: run it.`)
    process.exitCode = 1
  }
}
