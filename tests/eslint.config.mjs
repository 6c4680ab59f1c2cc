// The rules of "make check-js". The packages are in build/node, not beside this file.
import { createRequire } from 'node:module';

const js = createRequire(new URL('../build/node/', import.meta.url))('@eslint/js');
const names = list => Object.fromEntries(list.split(' ').map(name => [name, 'readonly']));
// The globals that the scripts use; a misspelt name is then an error.
const browser = names('window document location navigator localStorage CSS Highlight Event InputEvent ' +
  'MutationObserver IntersectionObserver PerformanceObserver Node NodeFilter Range performance getComputedStyle ' +
  'requestAnimationFrame setTimeout addEventListener dispatchEvent scrollTo scrollBy scrollY innerHeight innerWidth ' +
  'fetch URL URLSearchParams console WebAssembly TextEncoder TextDecoder atob btoa Blob Response DecompressionStream');
const node = names('process URL console setTimeout clearTimeout fetch performance Buffer WebAssembly');

export default [
  js.configs.recommended,
  { rules: { 'prefer-const': ['error', { destructuring: 'all' }], eqeqeq: 'error', 'no-var': 'error',
    'no-unused-vars': ['error', { caughtErrors: 'none' }] } },
  { files: ['docs/theme/*.js'], languageOptions: { sourceType: 'script', globals: browser } },
  { files: ['docs/page-machine/*.mjs'], languageOptions: { globals: node } },
  // The tests have functions that run in the page.
  { files: ['tests/**/*.mjs'], languageOptions: { globals: { ...browser, ...node } } },
];
