-- The words that the build itself puts on a page, in each language.
return {
  ko = {
    other = 'English', otherlang = 'en',
    contents = '차례', preface = '머리말', previous = '이전', next = '다음',
    listing = '리스팅', session = '실행', figure = '그림',
    table = '표', run = '돌려 보기', alone = '이 파일만 컴파일하기',
    header = '헤더', prototype = '원형', parameters = '인수', returns = '반환값',
    values = '값', flags = '플래그', errors = '오류',
    note = '해설', line = '줄',
    missing = '여기에 들어갈 시스템 호출을 이 빌드에서는 기록하지 못했다',
    pitfall = '실전에서', correction = '흔히 듣지만 틀린 말', try = '해 보기',
    skip = '본문으로 건너뛰기', permalink = '이 자리로 가는 링크',
    same = '영어판의 같은 자리', pdf = 'PDF', epub = 'EPUB',
  },
  en = {
    other = '한국어', otherlang = 'ko',
    contents = 'Contents', preface = 'Preface', previous = 'Previous', next = 'Next',
    listing = 'Listing', session = 'Run', figure = 'Figure',
    table = 'Table', run = 'Run it', alone = 'Compile this file alone',
    header = 'Header', prototype = 'Prototype', parameters = 'Parameters', returns = 'Returns',
    values = 'Values', flags = 'Flags', errors = 'Errors',
    note = 'Note', line = 'line',
    missing = 'The system calls that belong here could not be recorded in this build',
    pitfall = 'In practice', correction = 'Often heard, and wrong', try = 'Try it',
    skip = 'Skip to the text', permalink = 'Link to this place',
    same = 'The same place in Korean', pdf = 'PDF', epub = 'EPUB',
  },
}
