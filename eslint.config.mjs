// ESLint for what runs in the browser, and for its tests. `make lint-js`.
import js from '@eslint/js'
import globals from 'globals'

// The five of the page of a complaint are modules; the others are plain scripts, each a function that is called at once.
const MODULES = ['checklist', 'file-check', 'paste', 'redact', 'upload'].map((name) => `static/js/${name}.js`)

const RULES = {
  eqeqeq: 'error',
  'no-var': 'error',
  'prefer-const': 'error',
  'no-shadow': 'error',
  'no-unused-vars': ['error', { caughtErrors: 'none' }],
  'no-implicit-globals': ['error', { lexicalBindings: true }],
  'no-implied-eval': 'error',
  'no-new-func': 'error',
  'no-restricted-syntax': ['error', {
    selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(inner|outer)HTML$/]',
    message: 'Build elements, or swap in what the server rendered.'
  }],
  'no-self-compare': 'error',
  'no-template-curly-in-string': 'error',
  'no-throw-literal': 'error',
  'no-unmodified-loop-condition': 'error',
  'no-use-before-define': ['error', { functions: false, variables: false }],
  'array-callback-return': 'error',
  'default-case-last': 'error',
  complexity: ['error', 15],
  'max-depth': ['error', 3],
  'max-len': ['error', { code: 140, ignoreUrls: true }],
  'max-lines': ['error', 400],
  'max-params': ['error', 6]
}

const SCRIPT = { ...globals.browser, module: 'readonly' }

export default [
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  { rules: RULES },
  { files: ['static/js/*.js', 'browser/*.js'], languageOptions: { sourceType: 'script', globals: SCRIPT } },
  { files: MODULES, languageOptions: { sourceType: 'module' }, rules: { 'no-implicit-globals': 'off' } },
  { files: ['browser/units/*.mjs', 'scripts/*.mjs', '*.mjs'], languageOptions: { sourceType: 'module', globals: globals.node } }
]
