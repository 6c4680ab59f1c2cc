// What the search does with words: which words of a text a query means, and which
// sections answer it best. It touches no page, so that tests/test_search.c can run it
// without a browser.
//
// A section is found if it has most of the words of the query, in any order: as they
// were typed, in another form (plural, Korean particle or ending), as the beginning of a
// word, or as a synonym (docs/filters/synonyms). Only a word that the book has in no such
// way may be inside of another word, or misspelt.
(() => {
  'use strict';

  // Words ---------------------------------------------------------------------

  // The letters of Hangul syllables one by one, so that an ending that is part of a
  // syllable can be removed, and a letter too many is one mistake.
  const heads = [...'ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ'];
  const vowels = [...'ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ'];
  const tails = ['', ...'ㄱ ㄲ ㄱㅅ ㄴ ㄴㅈ ㄴㅎ ㄷ ㄹ ㄹㄱ ㄹㅁ ㄹㅂ ㄹㅅ ㄹㅌ ㄹㅍ ㄹㅎ ㅁ ㅂ ㅂㅅ ㅅ ㅆ ㅇ ㅈ ㅊ ㅋ ㅌ ㅍ ㅎ'.split(' ')];
  const lettersOf = word => word.replace(/[가-힣]/g, c => {
    const n = c.charCodeAt(0) - 0xac00;
    return heads[Math.floor(n / 588)] + vowels[Math.floor(n / 28) % 21] + tails[n % 28];
  });

  const particle = new RegExp(`^(.+?)(?:${('은 는 이 가 을 를 의 에 에서 에게 에게서 에는 에도 에만 에서는 에서도 로 으로 로는 으로는 로서 으로서 로써 으로써 ' +
    '와 과 와는 과는 와의 과의 도 만 만을 만의 까지 까지는 까지의 부터 보다 처럼 마다 나 이나 란 이란 라는 이라는 라고 이라고 라도 이라도 라면 이라면 라서 이라서 ' +
    '며 이며 고 이고 다 이다 였다 이었다 인 인지 일 인가 인가요 인데 예요 이에요 입니다 들 들이 들을 들의 들은 들에 들에게 들도 랑 이랑 하고 ' +
    '한테 한테서 뿐 조차 마저 밖에 대로 만큼 씩 끼리 끼리는 로만 으로만 에서만 까지만 부터는').split(' ').join('|')})$`);
  const isParticle = text => `가${text}`.match(particle)?.[1] === '가';
  const ending = new RegExp(`^(.{2,}?)(?:${('다 ㄴ다 는다 ㄴ다고 는다고 다고 ㄴ다면 는다면 다면 ㄴ 는 은 던 ㄹ 을 ㅁ 음 ㅁ을 음을 ㅁ이 음이 기 기를 기가 기는 기도 기에 기만 기의 ' +
    '고 고서 면 으면 면서 으면서 며 으며 지 지는 지도 지를 지만 게 도록 서 도 야 요 려고 으려고 려면 으려면 러 으러 므로 으므로 니 으니 니까 으니까 ' +
    '거나 자 자마자 다가 는지 ㄴ지 은지 ㄹ지 을지 는데 ㄴ데 은데 는데요 ㄴ데요 은데요 습니다 ㅂ니다 ' +
    '습니까 ㅂ니까 까 까요 ㄹ까 을까 ㄹ까요 을까요 나요 는가 ㄴ가 은가 는가요 ㄴ가요 은가요 네 네요 냐 느냐 죠 지요 고요 구요 ' +
    '더라 더라고요 던데 던데요 길래 느라 잖아요 거든요 ㄹ려면 을려면 ㄹ려고 을려고 ㄹ수록 을수록 나')
    .split(' ').map(lettersOf).join('|')})$`);

  // The stem of a verb, in letters, without the vowel that joins it to an ending: 했 하, 됐 되;
  // 막혀 막히, 지워 지우, 봐 보; 불러 부르; 읽어 읽, 써 쓰; 보냈 보내, also 보냈어; 만들 만드.
  const uncontracted = verb => verb.replace(/ㅆㅇㅓ$/, 'ㅆ').replace(/ㅎㅐㅆ?$/, 'ㅎㅏ').replace(/ㅙㅆ?$/, 'ㅚ').replace(/(?<!^ㅇ)ㅕㅆ?$/, 'ㅣ')
    .replace(/ㅝㅆ?$/, 'ㅜ').replace(/ㅘㅆ?$/, 'ㅗ').replace(/ㄹㄹ[ㅓㅏ]ㅆ?$/, 'ㄹㅡ').replace(/ㅇ[ㅓㅏ]ㅆ?$/, '').replace(/ㅓㅆ?$/, 'ㅡ')
    .replace(/ㅆ$/, '').replace(/ㄹ$/, '');

  // Nouns that seem to have an ending or a particle.
  const nouns = new Set('크기 대기 초기 주기 분기 표기 용기 무기 자기 여기 거기 하나 주소 시스템 여러 한도 정도 별도 시도 속도 용도 결과 차이 사이 고아 보안'.split(' '));
  const withoutParticle = word => nouns.has(word) ? undefined : word.match(particle)?.[1];

  // What may be the letters of a verb without its ending: 끝나요 is 끝 나요 or 끝나 요.
  function verbsOf(word) {
    if (nouns.has(word)) return [];
    const letters = lettersOf(word);
    return [letters.match(ending)?.[1] ?? letters, letters.match(/^(.+ㄴㅏ)ㅇㅛ$/)?.[1] ?? letters]
      .map(uncontracted).filter(verb => verb !== letters && verb.length > 1);
  }

  // The stems that a Korean word may have: "N" and the word without a particle, and "V"
  // and the letters of a verb without its ending. A noun with 하다 or 되다 is also a noun.
  function koreanStems(word) {
    const stems = new Set(), shorter = withoutParticle(word);
    for (const noun of shorter ? [word, shorter] : [word]) {
      stems.add(`N${noun}`);
      // 지워 of 지워도 is a verb; 결 of 결로 is not, and neither is 여기에.
      if (noun === shorter ? noun.length === 1 : nouns.has(shorter)) continue;
      for (const verb of verbsOf(noun)) {
        stems.add(`V${verb}`);
        // 비워지다 is 비우다, done to something.
        const active = verb.match(/^(.{3,}[ㅏㅐㅓㅕㅘㅙㅝ]|.[ㅓㅕㅝ])ㅈㅣ$/)?.[1];
        if (active) stems.add(`V${uncontracted(active)}`);
        const root = verb.match(/^(.{4,}?)(?:ㅎㅏ|ㄷㅚ|ㅅㅣㅋㅣ)$/)?.[1];
        if (root) stems.add(`V${root}`);
      }
      // Without an ending 삭제 is the root of 삭제하다.
      if (noun.length > 1) stems.add(`V${lettersOf(noun)}`);
    }
    return stems;
  }

  function englishStem(word) {
    const vowel = /[aeiouy]/;
    let stem = word.replace(/ies$/, 'y').replace(/(ss|x|ch|sh)es$/, '$1').replace(/([^su])s$/, '$1');
    const root = stem.match(/^(.{2,})(?:ing|ed)$/)?.[1];
    if (root && vowel.test(root)) stem = root.replace(/([^lsz])\1$/, '$1');
    return stem.replace(/(ic)ity$/, '$1').replace(/(ic)ally$/, '$1').replace(/([ts])ion$/, '$1').replace(/(.{3})ly$/, '$1')
      .replace(/(.{2})e$/, '$1').replace(/y$/, 'i');
  }

  const hangul = /[가-힣ㄱ-ㅎㅏ-ㅣ]/;
  const known = new Map();
  // What is to be known of a word to compare it: its letters, its stems, and the parts of
  // an identifier such as O_NONBLOCK.
  function wordOf(text) {
    let word = known.get(text);
    if (!word) {
      const korean = hangul.test(text);
      word = {text, korean, letters: lettersOf(text), parts: text.split(/_+|(?<=[a-z])(?=[0-9])/),
        stems: korean ? koreanStems(text) : new Set([englishStem(text)])};
      known.set(text, word);
    }
    return word;
  }

  // The words of a text, as {word, from, to, at}: a name, a number, a run of Hangul, a
  // redirection such as 2>&1, a |, or $?. Words side by side have consecutive numbers at.
  // A particle belongs to the name before it.
  const pattern = /\d?>&[\d-]|\$[?$!]|\|+|[\p{L}\p{N}_]+|\u2029/gu;
  const divided = new Map(); // text -> words
  const runs = /[가-힣ㄱ-ㅎㅏ-ㅣ]+|[^가-힣ㄱ-ㅎㅏ-ㅣ]+/g;
  function wordsOf(text) {
    let words = divided.get(text);
    if (words) return words;
    divided.set(text, words = []);
    let at = 0;
    for (const {0: chunk, index} of text.matchAll(pattern)) {
      at++;
      if (chunk === '\u2029') { // the end of a paragraph
        at += 100;
        continue;
      }
      let before = null;
      for (const {0: run, index: offset} of chunk.matchAll(runs)) {
        const from = index + offset, to = from + run.length;
        if (before && isParticle(run)) {
          before.to = to;
        } else {
          before = {word: run.toLowerCase(), from, to, at: before ? ++at : at};
          words.push(before);
        }
      }
    }
    return words;
  }

  // How well the word of a text answers that of a query, from 0 to 1; less than 0.5 for
  // a word that is inside, or misspelt. Only a loose comparison looks for such words.
  function likeness(asked, word, loose) {
    if (asked.text === word.text) return 1;
    if (asked.korean !== word.korean) return 0;
    for (const stem of asked.stems)
      if (word.stems.has(stem) && (!asked.korean || isStrong(stem, asked, word))) return 0.9;
    const length = asked.text.length;
    if (asked.korean ? length > 1 && /[가-힣].*[가-힣]/.test(asked.text) : length > 1)
      if (word.letters.startsWith(asked.letters)) return 0.5 + 0.3 * asked.letters.length / word.letters.length;
    if (!asked.korean && length > 2 && word.parts.length > 1) {
      if (word.parts.includes(asked.text)) return 0.8;
      if (word.parts.some(part => part.startsWith(asked.text))) return 0.5;
    }
    if (!loose || length < 2) return 0;
    if (word.text.includes(asked.text) && length > (asked.korean ? 1 : 2)) return 0.4;
    return nearness(asked.letters, word.letters, asked.korean && word);
  }
  // The same for two texts, not loose, and remembered.
  const compared = new Map();
  function likeTo(asked, text) {
    if (!compared.has(asked)) compared.set(asked, new Map());
    const likes = compared.get(asked);
    let like = likes.get(text);
    if (like === undefined) likes.set(text, like = likeness(wordOf(asked), wordOf(text), false));
    return like;
  }
  // A noun of one syllable is common to two words only if it is one of them: 큐 and 큐를,
  // not 차이 and 차는.
  const isStrong = (stem, a, b) => stem[0] === 'V' || stem.length > 2 || stem === `N${a.text}` || stem === `N${b.text}`;

  // Whether a word is another with a mistake or two: a letter too many, too few, another,
  // or two that have changed places. Whole words are compared, or what begins a word of Hangul.
  function nearness(a, b, begins) {
    const most = a.length < 4 ? 0 : a.length < 8 ? 1 : 2;
    if (!most || b.length < a.length - most || !begins && b.length > a.length + most) return 0;
    let older = [], old = [...b, ''].map((_, j) => j);
    for (let i = 1; i <= a.length; i++) {
      const row = [i];
      for (let j = 1; j <= b.length; j++) {
        row[j] = Math.min(old[j] + 1, row[j - 1] + 1, old[j - 1] + (a[i - 1] !== b[j - 1]));
        if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) row[j] = Math.min(row[j], older[j - 2] + 1);
      }
      if (Math.min(...row) > most) return 0;
      [older, old] = [old, row];
    }
    const distance = begins ? Math.min(...old.slice(a.length - most)) : old[b.length];
    return distance > most ? 0 : 0.4 - 0.1 * distance;
  }

  // Queries -------------------------------------------------------------------

  // The search ignores these words, unless a query has no others.
  const fillers = new Set(('a an the is are was be been am do does did doing i my me we you your it its this that these those there and or ' +
    'of in on at to for from with by as how what why when which who can could should would will may not no if than then so has have had get got ' +
    't s doesn don isn won didn doesnt dont isnt wont even though because but while still only just way want need use using tell show work works ' +
    'linux error errors usage example examples tutorial explain explained explanation meaning means happen happens solve fix ' +
    '어떻게 왜 무엇 뭐 뭘 무슨 어느 어떤 언제 어디 방법 때 것 거 게 수 쪽 법 뒤 후 전 중 이유 원인 경우 때문 좀 그 이 저 및 또는 대한 대해 안 못 없이 ' +
    '같은 다 더 자꾸 계속 그냥 꼭 반드시 항상 가끔 갑자기 너무 잘 제대로 진짜 ' +
    '리눅스 에러 오류 확인 문제 해결 구현 사용법 사용하기 쓰는법 예제 예시 설명 뜻 의미 개념 원리 정의 추천 함수').split(' '));
  const fillerVerbs = '하 되 이 있 없 않 못하 싶 나 나오 오 주 보 버리 알 알려주 모르 궁금하 가능하'.split(' ');
  const fillerStems = new Set([...fillers].filter(word => word.length > 1).concat(fillerVerbs).map(word => `V${lettersOf(word)}`));
  // A filler may have a particle or be a verb, 예제를 or 확인하려면; a particle may stand alone.
  // 없어지다 says more than 없다.
  const isFiller = word => fillers.has(word) || fillers.has(withoutParticle(word)) || isParticle(word) ||
    [...wordOf(word).stems].some(stem => fillerStems.has(stem)) && !verbsOf(word).some(verb => /ㅓㅈㅣ$/.test(verb));
  const isNot = word => /^[않못]/.test(word);

  const equal = (a, b) => likeTo(a, b) >= 0.9;

  // The synonyms by the stems of their first words: {phrase, group}, where a group is a
  // list of phrases, and a phrase a list of words.
  const synonyms = new Map();
  function setSynonyms(lines) {
    synonyms.clear();
    for (const line of lines) {
      const group = line.split(',').map(phrase => wordsOf(phrase).map(({word}) => word));
      // 꽉 차다 may be typed as 꽉차다.
      const joined = group.filter(phrase => phrase.length > 1 && phrase.every(word => hangul.test(word))).map(phrase => [phrase.join('')]);
      for (const phrase of [...group, ...joined])
        for (const stem of wordOf(phrase[0]).stems) {
          if (!synonyms.has(stem)) synonyms.set(stem, []);
          synonyms.get(stem).push({phrase, group});
        }
    }
  }

  // The groups with a phrase that begins at a word: {from, to, group}.
  function groupsAt(words, from) {
    const found = new Map();
    for (const stem of wordOf(words[from]).stems)
      for (const {phrase, group} of synonyms.get(stem) ?? [])
        if (phrase.every((word, k) => from + k < words.length && equal(words[from + k], word)))
          found.set(phrase, {from, to: from + phrase.length, group});
    return [...found.values()];
  }

  // The groups with a word that this one may be a mistake for.
  function groupsNear(word) {
    const near = [...synonyms.values()].flat().filter(({phrase}) => phrase.length === 1 && likeness(wordOf(word), wordOf(phrase[0]), true));
    return [...new Set(near.map(({group}) => group))];
  }

  // Whether a text with these words and stems, each a set or a map, has a word.
  function knows(words, stems, word) {
    if (words.has(word)) return true;
    return hangul.test(word) ? stems.has(`N${word}`) || verbsOf(word).some(verb => stems.has(`V${verb}`)) : stems.has(englishStem(word));
  }

  // Where a space may have been left out: 열 수 있나, 죽어 버림, 해야 하나, 쓰는 법, 안 닫으면, 두 번.
  const leftOut = new RegExp('(?<=[가-힣])(?=수?[있없]|않|싶|때|방법|버[리려렸린릴림]|보[기려면니])|(?<=야)(?=[하되돼])|(?<=[는은을])(?=[법쪽])|' +
    '(?<=^[안못])(?=..)|(?<=^(?:에러|오류))(?=.)|(?<=^(?:[한두세네몇]|여러))(?=[번개줄명벌])');
  // The words of a query as the book writes them: 안 닫으면 is 닫지 않으면.
  function asWritten(typed, isKnown) {
    const words = typed.flatMap((word, i) => !hangul.test(word) || isKnown(word) || groupsAt(typed, i).length ? [word] : word.split(leftOut));
    const nots = {안: '않다', 못: '못하다'};
    for (let i = 0; i + 1 < words.length; i++)
      if (nots[words[i]]) words.splice(i, 2, words[i + 1], nots[words[i]]);
    return words;
  }

  // A query as terms. A term is a list of alternatives, {phrase, weight}; a phrase is a
  // list of words that must be side by side. isKnown says whether the book has a word.
  // loose is the set of words that may be inside of another, or misspelt.
  function parse(query, isKnown) {
    const typed = wordsOf(query.normalize('NFC')).map(({word}) => word);
    const all = asWritten(typed, isKnown);
    const isIgnored = all.every(isFiller) ? () => false : isFiller;
    const terms = [];
    const taken = new Set(); // the words that are part of a synonym
    // A synonym may have several words, and then those of its words do not count.
    const found = all.flatMap((word, i) => {
      const groups = groupsAt(all, i).filter(({from, to}) => to - from > 1 || !isIgnored(word));
      if (!groups.length && isIgnored(word)) return [];
      return groups.length || isKnown(word) ? groups : groupsNear(word).map(group => ({from: i, to: i + 1, group}));
    });
    for (const {from, to, group} of found) {
      if (found.some(other => other.from <= from && other.to >= to && other.to - other.from > to - from)) continue;
      let term = terms.find(other => other.from === from && other.to === to);
      if (!term) terms.push(term = {from, to, alternatives: [{phrase: all.slice(from, to), weight: 1}]});
      for (const phrase of group) term.alternatives.push({phrase, weight: 0.8});
      for (let k = from; k < to; k++) taken.add(k);
    }
    all.forEach((word, i) => {
      if (taken.has(i) || isIgnored(word)) return;
      terms.push({from: i, to: i + 1, alternatives: [{phrase: [word], weight: 1}]});
    });
    // 닫지 않으면 says more than 닫다.
    for (const {to, alternatives} of terms)
      if (isNot(all[to])) alternatives.push({phrase: [...alternatives[0].phrase, all[to]], weight: 0.9});
    terms.sort((a, b) => a.from - b.from);
    // Words may be written as one, or one as several.
    terms.forEach((term, i) => {
      const first = term.alternatives[0].phrase;
      const next = terms[i + 1]?.alternatives[0].phrase;
      if (first.length > 1) return;
      if (next?.length === 1 && terms[i + 1].from === term.to && isKnown(first[0] + next[0])) {
        for (const one of [term, terms[i + 1]]) one.alternatives.push({phrase: [first[0] + next[0]], weight: 0.9});
      }
      const parts = divide(first[0], isKnown);
      if (parts?.length > 1) {
        term.alternatives.push({phrase: parts, weight: 0.9});
        if (hangul.test(first[0])) term.parts = parts;
      }
    });
    return {all: typed, terms, loose: new Set()};
  }

  // A word as several that the book has; null if it is none.
  function divide(word, isKnown) {
    for (let i = word.length - 1; i > 1; i--) {
      const left = word.slice(0, i), right = word.slice(i);
      if ((left.length > 2 || hangul.test(left)) && isKnown(left)) {
        const rest = isKnown(right) ? [right] : divide(right, isKnown);
        if (rest && (rest[0].length > 2 || hangul.test(rest[0]))) return [left, ...rest];
      }
    }
    return null;
  }

  // The index -----------------------------------------------------------------

  // What a hit in an entry of this kind is worth.
  const worth = {text: 1, table: 1, listing: 0.7, output: 0.6, figure: 0.3};

  // The sections of the index, {chapter, title, entries}: the entries of a section are its
  // text, and then its listings, outputs and so on. A reference in a text is replaced by the
  // number or the title of its target.
  function sectionsOf(entries) {
    const names = new Map();
    for (const {page, id, title} of entries)
      names.set(`${page}.html#${id}`, title.match(/^\S+ \d+\.\d+/)?.[0] ?? (id === page ? title.replace(/^\d+ /, '') : title));
    const sections = [];
    let chapter;
    for (const entry of entries) {
      const text = entry.text.normalize('NFC').replace(/\[\]\(([\w-]+\.html)?(#[\w-]+)\)/g,
        (all, page, id) => names.get((page ?? `${entry.page}.html`) + id) ?? all);
      if (entry.kind === 'text') {
        if (entry.page !== chapter?.page) chapter = entry.id === entry.page ? entry : null;
        sections.push({chapter: chapter?.title, title: entry.title, entries: []});
      }
      sections.at(-1).entries.push({...entry, text});
    }
    return sections;
  }

  class Index {
    // entries: those of search-index.js, in the order of the book.
    constructor(entries) {
      this.sections = sectionsOf(entries);
      this.fields = []; // {section, entry, weight, isTitle}
      this.places = new Map(); // word -> [field, at, field, at, ...]
      const lengths = this.sections.map(() => 0);
      const add = (section, entry, text, weight, isTitle) => {
        const field = this.fields.push({section, entry, weight, isTitle}) - 1;
        for (const {word, at} of wordsOf(text)) {
          if (!this.places.has(word)) this.places.set(word, []);
          this.places.get(word).push(field, at);
          lengths[section]++;
        }
      };
      this.sections.forEach(({chapter, entries}, s) => {
        add(s, null, chapter ?? '', 0.5, true);
        entries.forEach(({kind, title, text}, e) => {
          add(s, e, title, kind === 'text' ? 3 : worth[kind], kind === 'text');
          add(s, e, text, worth[kind], false);
        });
      });
      const mean = lengths.reduce((a, b) => a + b, 0) / lengths.length;
      this.lengths = lengths.map(length => 0.4 + 0.6 * length / mean);
      this.words = [...this.places.keys()].map(wordOf);
      this.stems = new Map(); // stem -> words
      for (const word of this.words)
        for (const stem of word.stems) {
          if (!this.stems.has(stem)) this.stems.set(stem, []);
          this.stems.get(stem).push(word);
        }
      // Words, and the parts of identifiers, in alphabetical order: [letters, word].
      this.sorted = this.words.flatMap(word => [...new Set([word.letters, ...word.parts])].map(letters => [letters, word]));
      this.sorted.sort((a, b) => a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0);
    }

    // The words that begin with these letters, or have a part that does.
    beginningWith(letters) {
      let from = 0, to = this.sorted.length;
      while (from < to) {
        const middle = (from + to) >> 1;
        if (this.sorted[middle][0] < letters) from = middle + 1;
        else to = middle;
      }
      const words = [];
      for (; this.sorted[from]?.[0].startsWith(letters); from++) words.push(this.sorted[from][1]);
      return words;
    }

    isKnown = text => knows(this.places, this.stems, text);

    // The places of a word, as {field, at, like}. how: 'same' for the word in all its
    // forms, 'begins' also for words that begin with it, 'loose' for any likeness.
    lookUp(text, how) {
      const asked = wordOf(text), hits = [];
      const words = how === 'loose' ? this.words : [...asked.stems].flatMap(stem => this.stems.get(stem) ?? []);
      if (how === 'begins') words.push(...this.beginningWith(asked.letters));
      for (const word of new Set(words)) {
        const like = likeness(asked, word, how === 'loose');
        if (!like) continue;
        const places = this.places.get(word.text);
        for (let i = 0; i < places.length; i += 2) hits.push({field: places[i], at: places[i + 1], like});
      }
      return hits;
    }

    // How much a phrase says that has these hits: the fewer sections have it, the more.
    weightOf(hits) {
      return 0.2 + Math.log(1 + this.sections.length / (1 + new Set(hits.map(({field}) => this.fields[field].section)).size));
    }

    // The places of a term, as {field, at, like, weight}.
    hitsOf(term) {
      const hits = [];
      for (const {phrase, weight} of term.alternatives) {
        const how = weight === 1 ? 'begins' : 'same';
        let found = this.lookUp(phrase[0], how);
        for (let k = 1; found.length && k < phrase.length; k++) {
          const next = new Map(this.lookUp(phrase[k], how).map(hit => [hit.field * 1e6 + hit.at, hit.like]));
          found = found.map(hit => ({...hit, like: Math.min(hit.like, next.get(hit.field * 1e6 + hit.at + k) ?? 0)})).filter(hit => hit.like);
        }
        const rare = this.weightOf(found);
        for (const hit of found) hits.push({...hit, like: hit.like * weight, weight: rare});
      }
      return hits;
    }

    // What a text finds: {results, query}. results are {section, entry, entries, score},
    // the best first, with the best entry of the section and all that have a hit; query is
    // for marksIn().
    search(text) {
      const query = parse(text, this.isKnown);
      const {all, terms, loose} = query;
      const found = terms.flatMap(term => {
        const {phrase} = term.alternatives[0], hits = this.hitsOf(term);
        if (hits.length) return [{hits, part: phrase.length === 1 && this.isVerb(phrase[0]) ? 0.5 : 1}];
        return (term.parts ?? phrase).map(word => {
          let same = this.lookUp(word, 'begins');
          if (!same.length) {
            loose.add(word);
            same = this.lookUp(word, 'loose');
          }
          const weight = this.weightOf(same);
          return {hits: same.map(hit => ({...hit, weight})), part: loose.has(word) ? 0.5 : 1};
        });
      });
      const whole = all.length > 1 ? this.hitsOf({alternatives: [{phrase: all, weight: 1}]}) : [];
      return {results: this.rank(found, whole), query};
    }

    // Whether the book has a word only as a verb: 바뀌나요. It says less than a noun.
    isVerb(word) {
      return verbsOf(word).some(verb => !/...(?:ㅎㅏ|ㄷㅚ)$/.test(verb)) && !this.stems.has(`N${word}`);
    }

    // The results for the terms, {hits, part}, where part is how much of their weight counts,
    // and for the hits of the whole query as one phrase.
    rank(terms, whole) {
      const found = this.sections.map(() => ({score: 0, share: 0, entries: new Map()}));
      const weights = terms.map(({hits, part}) => this.weightOf(hits) * part);
      const total = weights.reduce((a, b) => a + b, 0);
      terms.forEach(({hits, part}, term) => {
        const title = new Map(), often = new Map(), rare = new Map();
        const raise = (map, section, value) => map.set(section, Math.max(map.get(section) ?? 0, value));
        for (const {field, at, like, weight: rarity} of hits) {
          const {section, entry, isTitle, weight: here} = this.fields[field], weight = rarity * part;
          if (isTitle) {
            raise(title, section, like * here * weight);
          } else {
            often.set(section, (often.get(section) ?? 0) + like * here);
            raise(rare, section, like * weight);
          }
          if (entry === null) continue;
          const {entries} = found[section];
          if (!entries.has(entry)) entries.set(entry, []);
          entries.get(entry).push({term, at: field * 1e6 + at, like: like * weight});
        }
        for (const section of new Set([...title.keys(), ...often.keys()])) {
          const n = often.get(section) ?? 0;
          found[section].share += weights[term] / total;
          found[section].score += (title.get(section) ?? 0) + 2 * (rare.get(section) ?? 0) * n / (n + this.lengths[section]);
        }
      });
      const phrases = new Map(); // entry -> what a piece of it that is all of the query is worth
      for (const {field, like} of whole) {
        const {section, entry} = this.fields[field], key = `${section} ${entry}`;
        phrases.set(key, Math.max(phrases.get(key) ?? 0, total * (like === 1 ? 2 : like)));
      }
      const results = [];
      found.forEach(({score, share, entries}, s) => {
        if (!share) return;
        // Words near each other say more than words apart.
        let near = 0;
        const ranked = [...entries].map(([e, hits]) => {
          const entry = this.sections[s].entries[e];
          const words = nearest(hits, 20), phrase = phrases.get(`${s} ${e}`) ?? 0;
          near = Math.max(near, words * worth[entry.kind] + phrase);
          return {entry, value: words * (entry.kind === 'text' ? 1.1 : worth[entry.kind]) + phrase};
        }).sort((a, b) => b.value - a.value).map(({entry}) => entry);
        if (!ranked.length) ranked.push(this.sections[s].entries[0]);
        results.push({section: this.sections[s], entry: ranked[0], entries: ranked, share,
          score: (score + (terms.length > 1 || phrases.size ? 2 * near : 0)) * share ** 1.5});
      });
      const most = Math.max(0, ...results.map(({share}) => share));
      return results.filter(({share}) => share > most * 0.45).sort((a, b) => b.score - a.score);
    }
  }

  // The greatest sum of the likenesses of different terms within so many words.
  function nearest(hits, within) {
    hits.sort((a, b) => a.at - b.at);
    const best = new Map();
    let most = 0, first = 0;
    for (let i = 0; i < hits.length; i++) {
      while (hits[i].at - hits[first].at > within) first++;
      best.clear();
      for (let k = first; k <= i; k++) best.set(hits[k].term, Math.max(best.get(hits[k].term) ?? 0, hits[k].like));
      let sum = 0;
      for (const like of best.values()) sum += like;
      most = Math.max(most, sum);
    }
    return most;
  }

  // Marks -----------------------------------------------------------------------

  // All that may be marked for a query, as {phrase, term, rank}: all of it (rank 0), its terms
  // (1), the single words of a term that is a phrase (2).
  function phrasesOf({all, terms, loose}) {
    const single = (word, term, rank) => ({phrase: [word], term, rank, loose: loose.has(word)});
    return [
      ...all.length > 1 ? [{phrase: all, term: -1, rank: 0}] : [],
      ...terms.flatMap(({alternatives, parts}, term) => alternatives.flatMap(({phrase}, i) => phrase.length === 1 ? [single(phrase[0], term, 1)] :
        [{phrase, term, rank: 1}, ...i === 0 || phrase === parts ? phrase.map(word => single(word, term, 2)) : []])),
    ];
  }

  // The words of a query in a text, as [from, to], in order and not overlapping. If the
  // text has all of the query in one piece, only such pieces.
  function marksIn(text, query) {
    query.phrases ??= phrasesOf(query);
    query.beginning ??= new Map(); // word of a text -> the phrases that begin with it
    const words = wordsOf(text);
    const begin = word => {
      let list = query.beginning.get(word);
      if (!list) {
        const {letters, parts} = wordOf(word);
        list = query.phrases.filter(({phrase, loose}) => (loose || parts.length > 1 || wordOf(phrase[0]).letters[0] === letters[0]) &&
          likeness(wordOf(phrase[0]), wordOf(word), loose));
        query.beginning.set(word, list);
      }
      return list;
    };
    // The range of a word, or of the part of it that was asked for.
    const range = (asked, {word, from, to}) => {
      const inside = asked === word ? -1 : word.indexOf(asked);
      return inside < 0 ? [from, to] : [from + inside, from + inside + asked.length];
    };
    let found = [];
    const best = new Map(); // term -> the best rank that it has here
    words.forEach((word, i) => {
      for (const {phrase, term, rank} of begin(word.word)) {
        if (!phrase.every((asked, k) => k === 0 || words[i + k]?.at === word.at + k && likeTo(asked, words[i + k].word))) continue;
        found.push({term, rank, from: range(phrase[0], word)[0], to: range(phrase.at(-1), words[i + phrase.length - 1])[1]});
        best.set(term, Math.min(best.get(term) ?? rank, rank));
      }
    });
    found = found.filter(({term, rank}) => best.has(-1) ? rank === 0 : rank === best.get(term));
    found.sort((a, b) => a.from - b.from || b.to - a.to);
    let end = 0;
    return found.filter(({from, to}) => from >= end && (end = to)).map(({from, to}) => [from, to]);
  }

  // A query for a text alone, without the index of the book: if the text has none of its
  // words as they are, they may be inside of others, or misspelt.
  function queryFor(text, typed) {
    const here = new Set(wordsOf(text).map(({word}) => word));
    const stems = new Set([...here].flatMap(word => [...wordOf(word).stems]));
    const query = parse(typed, word => knows(here, stems, word));
    return marksIn(text, query).length ? query : {...query, loose: new Set(query.all), phrases: null, beginning: null};
  }

  globalThis.bookEngine = {Index, setSynonyms, marksIn, queryFor};
})();
