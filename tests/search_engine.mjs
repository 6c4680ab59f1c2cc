// What docs/theme/engine.js takes for the same word, and what it does not.
//
// Usage: node tests/search_engine.mjs
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInThisContext } from 'node:vm';

const script = fileURLToPath(new URL('../docs/theme/engine.js', import.meta.url));
runInThisContext(readFileSync(script, 'utf8'), script);
const { Index, marksIn, setSynonyms } = globalThis.bookEngine;
setSynonyms(['race condition, 경쟁 상태, 레이스 컨디션', 'defunct, zombie, 좀비', 'hang, block, 막히다', 'EPIPE, broken pipe', '두 번, 중복', '끝나지 않다, 영원히', 'pipeline, |', '오류, 에러, 실패', '없어지다, 잃다, 유실', '알람, 타임아웃']);

// A query, a text, and what is marked in the text: nothing if the text must not be found.
const cases = [
  // Forms of a word
  ['descriptors', 'Each descriptor is a number.', 'descriptor'],
  ['blocking', 'The write blocked.', 'blocked'],
  ['boundary', 'There are no boundaries.', 'boundaries'],
  ['electricity', 'The motor is electric.', 'electric'],
  ['파이프가', '파이프를 만든다.', '파이프를'],
  ['큐', '큐를 지운다.', '큐'],
  ['막힘', '쓰기가 막힌다.', '막힌다'],
  ['막히다', '가득 차면 막혀 있다.', '막혀'],
  ['무시하기', '시그널을 무시했다.', '무시했다'],
  ['삭제', '큐를 삭제한다.', '삭제'],
  ['쓰기', '파이프에 쓸 때', '쓸'],
  ['기다리다', '자식을 기다렸다.', '기다렸다'],
  ['비워짐', '버퍼를 비운다.', '비운다'],
  ['지워졌다', '큐를 지운다.', '지운다'],
  ['fork()를', '`fork()`가 반환한다.', 'fork'],
  ['확인된다', '결과 확인', '확인'],
  ['지워졌어요', '큐를 지운다.', '지운다'],
  ['끝나요', '자식이 끝난다.', '끝난다'],
  ['써지나요', '파이프에 쓴다.', '쓴다'],
  ['닫을려면', '파일을 닫는다.', '닫는다'],
  ['128바이트로', '바이트를 쓴다.', '바이트를'],
  // How readers ask; spaces that they leave out
  ['fork해도 되나요', '`fork()`를 호출해도 다시 된다.', 'fork'],
  ['안닫으면', '끝을 닫지 않는다.', '닫지 않는다'],
  ['못 읽음', '한 줄도 읽지 못한다.', '읽지 못한다'],
  ['안끝나요', '영원히 기다린다.', '영원히'],
  ['두번', '중복을 없앤다.', '중복'],
  ['열수있나', '파일을 연다. 있나 보자.', '연다'],
  ['닫지않으면', '끝을 닫는다.', '닫는다'],
  ['읽고싶은데', '줄을 읽는다.', '읽는다'],
  ['닫는방법', '끝을 닫는다.', '닫는'],
  ['열어보려면', '파일을 연다.', '연다'],
  ['닫아야하나', '끝을 닫는다.', '닫는다'],
  ['에러처리', '실패를 처리한다.', '처리'],
  ['안 닫으면', '닫지 않는다. 안 닫으면', '안 닫으면'],
  ['죽어버림', '자식이 죽는다.', '죽는다'],
  ['권한주기', '주기를 기다린다. 권한이 없다.', '주기 권한'],
  ['a | b', 'The pipeline of b.', 'pipeline b'],
  ['wc 를', 'wc가 센다. 를', 'wc가'],
  ['데이터가 없어졌다', '데이터를 잃는다.', '데이터를 잃는다'],
  ['popen 보안', 'popen 그리고 보안', 'popen 보안'],
  // Words that say little count if there are no others, also as synonyms
  ['fork 예시', 'fork를 잃는다.', 'fork를'],
  ['에러', '호출이 실패한다.', '실패'],
  ['에러 좀', '호출이 실패한다. 좀', '실패 좀'],
  // A word that the book has is not another with a mistake
  ['알림', '알린다. 타임아웃.', '알린다'],
  // Any order; beginnings; parts of names; words that are written as one
  ['pipe full', 'A full buffer, and then a pipe', 'full pipe'],
  ['desc', 'a file descriptor', 'desc'],
  ['cloexec', 'with O_CLOEXEC', 'CLOEXEC'],
  ['메시지큐', '메시지 큐를 만든다.', '메시지 큐'],
  ['메시지 큐', '메시지큐를 만든다.', '메시지큐'],
  ['message queue', 'a message queue and a queue', 'message queue'],
  ['2>&1', 'make 2>&1 | tee log', '2>&1'],
  // Synonyms
  ['레이스 컨디션', '이것은 경쟁 상태다.', '경쟁 상태'],
  ['race condition', '경쟁 상태가 된다.', '경쟁 상태'],
  ['defunct', 'It stays as a zombie.', 'zombie'],
  ['broken pipe', 'It fails with EPIPE.', 'EPIPE'],
  // Mistakes, and the inside of words, only of words that are not there as they are
  ['deskriptor', 'a file descriptor', 'descriptor'],
  ['디렉토리', '디렉터리를 연다.', '디렉터리를'],
  ['메세지', '메시지를 보낸다.', '메시지를'],
  ['cript', 'a file descriptor', 'cript'],
  ['cat', 'cat and concatenate', 'cat'],
  // Not the same
  ['인자', '기본값인 자식이다.', ''],
  ['인자', '기본값인자식이다. 인자를 준다.', '인자'],
  ['시스템 콜', '줄 끝의 콜론', ''],
  ['상태', '세상 태도', ''],
  ['dup', 'a group', ''],
  ['reading', 'a list of ready things', ''],
  ['process', '콜론 abc', ''],
  ['한도', '한 번 쓴다.', ''],
  ['파이프라인', '파이프를 쓴다.', ''],
  ['여는', '선이 이어진다. 인용이다.', ''],
  ['결과', '긴 줄', ''],
  ['크기를', '아주 크다.', ''],
  ['고아', '한 줄만 고르고, 고는 없다.', ''],
];

const wrong = [];
for (const [query, text, marked] of cases) {
  const index = new Index([{ page: 'a', id: 'a', kind: 'text', title: '-', text }, { page: 'b', id: 'b', kind: 'text', title: '-', text: '-' }]);
  const { results, query: parsed } = index.search(query);
  const marks = results.length ? marksIn(text, parsed).map(([from, to]) => text.slice(from, to)).join(' ') : '';
  if (marks !== marked || (results.length === 0) !== (marked === '')) wrong.push(`"${query}" marks "${marks}" and not "${marked}" in: ${text}`);
}
// The best first: a title before a text, words as typed before synonyms, words side by side.
const ranked = [
  ['zombie', ['A zombie', 'x'], ['Other', 'a zombie, and a zombie again']],
  ['zombie', ['a', 'The zombie stays.'], ['b', 'It is defunct.']],
  ['end of file', ['a', 'The end of file comes.'], ['b', `A file. ${'It goes on. '.repeat(40)} The end.`]],
  ['pipe', ['a', 'A pipe.'], ['b', 'A pipeline.']],
  ['waitpid usage', ['a', 'waitpid() waits.'], ['Usage', 'x']],
  ['fork 예제', ['a', 'fork()는 프로세스를 만든다.'], ['예제', 'x']],
  ['메시지 삭제하기', ['a', '삭제한다. 큐를 삭제한다.'], ['b', '메시지를 보낸다.']],
  ['waitpid의 사용법은', ['a', 'waitpid()가 기다린다.'], ['사용법', 'x']],
];
for (const [query, first, second] of ranked) {
  const entry = ([title, text], id) => ({ page: id, id, kind: 'text', title, text });
  const { results } = new Index([entry(second, 'second'), entry(first, 'first')]).search(query);
  if (results[0]?.entry.id !== 'first') wrong.push(`"${query}" finds "${second[1].slice(0, 40)}" before "${first[1]}"`);
}
if (wrong.length) console.log(wrong.join('\n'));
process.exitCode = wrong.length ? 1 : 0;
