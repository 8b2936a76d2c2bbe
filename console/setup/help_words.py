"""Help of the command line, in Korean and English; see `phrases` for why it is not in `resources/i18n`."""

from __future__ import annotations

from console.setup.phrases import language

HELP: dict[str, tuple[str, str]] = {
    "about": (
        "관제: 도시 관제실 콘솔. 명령 없이 실행하면 데모 도시의 콘솔이 열립니다.",
        "Gwanje: a city control-room console. Without a command it opens the console on the demo city.",
    ),
    "console": ("콘솔 열기 (기본)", "open the console (the default)"),
    "hub": (
        "허브만 실행 (hub enrol, revoke, seats, rotate: 좌석 등록과 인증서, hub account: 계정)",
        "run a hub alone (hub enrol, revoke, seats, rotate: seats and certificates; hub account: accounts)",
    ),
    "hub.account": (
        "허브의 계정 (허브가 멈춰 있을 때. 실행 중이면 콘솔의 계정 화면에서)",
        "accounts of a hub (while it is stopped; of a running one in the console)",
    ),
    "account.add": ("계정 만들기", "make an account"),
    "account.list": ("계정 목록", "list accounts"),
    "account.remove": ("계정 삭제", "delete an account"),
    "account.password": ("새 비밀번호 정하기", "set a new password"),
    "account.disable": ("계정 사용 중지", "disable an account"),
    "account.enable": ("계정 다시 사용", "enable an account"),
    "hub.enrol": (
        "좌석 하나를 등록하는 파일을 만듦. 처음이면 현장 인증 기관도 만듦",
        "write the file that enrols a seat; the first one makes the site's authorities",
    ),
    "hub.revoke": ("좌석의 인증서를 폐기", "revoke the certificates of a seat"),
    "hub.seats": ("등록된 좌석 목록", "list the enrolled seats"),
    "hub.rotate": (
        "예비 인증 기관을 주 기관으로 바꾸고 새 예비를 만듦",
        "put the backup authority in use and make a new backup",
    ),
    "city": ("데모 도시만 실행", "run the demo city alone"),
    "site": ("현장 프로필", "site profiles"),
    "site.check": (
        "프로필의 오류를 파일과 줄까지 알려 줌",
        "name file, line and reason of every fault of a profile",
    ),
    "site.handbook": (
        "계측점·경보·명령·절차 편람을 프로필에서 만듦",
        "write the handbook of points, alarms, commands and procedures",
    ),
    "backtest": (
        "기록된 표본으로 경보를 다시 판정 (종료 코드 0 모두 읽음, 1 읽지 못한 것이 있음, 2 인자 오류)",
        "evaluate the alarms over recorded samples (exit code 0: all read, 1: not all, 2: a bad argument)",
    ),
    "export": (
        "보고서 만들기: 허브 없이 자료 폴더에서 (종료 코드 0 만듦, 1 만들지 못함, 2 인자 오류)",
        "make a report from a data directory, without a hub (exit code 0: made, 1: not made, 2: a bad argument)",
    ),
    "verify": (
        "내보낸 보고서를 첨부된 자료로 다시 계산해 확인 (종료 코드 0 이상 없음, 1 다르거나 확인할 수 없음)",
        "check an exported report against its data (exit code 0: sound, 1: it differs or cannot be checked)",
    ),
    "ledger": (
        "원장 검증·내보내기·외부 증거·키 교체",
        "verify, export and anchor the ledger, change its key",
    ),
    "ledger.verify": (
        "원장이 바뀌지 않았는지 검증하고 어긋난 기록을 짚어 줌 (종료 코드 0 이상 없음, 1 이상 있음)",
        "check a ledger and name every record that is not as written (exit code 0: whole, 1: not)",
    ),
    "ledger.export": ("감사용 JSON 줄 파일로 내보내기", "write the ledger as JSON lines for an auditor"),
    "ledger.anchor": ("외부 증인에게 맡길 서명 만들기", "give the signed head to an outside witness"),
    "ledger.rotate-key": ("서명 키 교체 (허브를 멈춘 뒤)", "change the signing key (with the hub stopped)"),
    "feeds": (
        "소스 연결 돕기: 프로필 초안, 기록, 어댑터",
        "connect a source: a first profile, recordings, adapters",
    ),
    "feeds.discover": (
        "소스를 듣고 프로필 초안(types/, assets.csv, feeds.toml)을 만듦",
        "listen to a source and write a first profile (types/, assets.csv, feeds.toml)",
    ),
    "feeds.record": (
        "소스의 원본 프레임을 시각과 함께 기록 (replay 어댑터로 재생)",
        "record the raw frames of a source with their times (the replay adapter plays them)",
    ),
    "feeds.adopt": (
        "허브가 발견한 관측점을 프로필 사본에 적음 (고쳐서 쓰도록)",
        "write what a hub has discovered into a copy of the profile, to be edited and used",
    ),
    "feeds.list": ("이 설치에서 쓸 수 있는 어댑터 목록", "list the adapters of this installation"),
    "feeds.disable": ("추가로 설치된 어댑터를 쓰지 않게 함", "do not use an adapter that a package brings"),
    "feeds.enable": ("쓰지 않게 한 어댑터를 다시 씀", "use a disabled adapter again"),
    "opt.adapter_name": ("어댑터 이름 (feeds list 참조)", "name of the adapter, as in feeds list"),
    "opt.adapters_data": (
        "허브의 데이터 폴더 (없으면 사용자 데이터 폴더)",
        "data folder of the hub (default: the user's data folder)",
    ),
    "opt.adopt_data": (
        "발견한 허브의 데이터 폴더 (실행 중이어도 됨)",
        "data folder of that hub (it may be running)",
    ),
    "opt.adopt_out": ("프로필 사본을 쓸 새 폴더", "new folder for the copy"),
    "opt.adopt_feed": ("이 연계만; 없으면 모두", "this feed alone; none: all"),
    "opt.adopt_area": (
        "발견된 설비를 둘 구역; 없으면 그 연계의 설비가 가장 많은 구역",
        "area of the assets; none: where most of the feed's assets stand",
    ),
    "opt.feed_url": (
        "소스 주소 (ws://, wss://, mqtt:// …)",
        "address of the source (ws://, wss://, mqtt:// …)",
    ),
    "opt.feed_adapter": (
        "어댑터 이름; 없으면 첫 프레임으로 판단",
        "adapter; none: told from the first frames",
    ),
    "opt.feed_option": (
        "어댑터 옵션 (feeds.toml의 feed.options와 같음, 여러 번 가능)",
        "an option of the adapter, as in feed.options of feeds.toml; may be repeated",
    ),
    "opt.feed_seconds": ("듣는 시간(초), 기본 30", "seconds to listen; 30 if not given"),
    "opt.record_seconds": ("기록하는 시간(초); 없으면 Ctrl+C까지", "seconds to record; none: until Ctrl+C"),
    "opt.feeds_out": ("프로필 초안을 쓸 새 폴더", "new folder for the profile"),
    "opt.feeds_file": ("기록 파일(JSON 줄); .gz이면 압축", "file of JSON lines; .gz is compressed"),
    "shots": ("주요 화면을 PNG로 저장", "render the main screens to PNG"),
    "bench": ("성능 측정", "measure the speed"),
    "test": ("모든 검사 실행", "run every check"),
    "doctor": ("이 컴퓨터에 빠진 것 확인", "say what this machine lacks"),
    "opt.hub": (
        "접속할 허브 주소; 없으면 데모 도시와 허브를 함께 실행",
        "hub to connect to; none: start a demo city and a hub",
    ),
    "opt.enrol": (
        "이 컴퓨터를 허브의 좌석으로 등록하는 파일 (.gwseat)",
        "file that makes this computer a seat of a hub (.gwseat)",
    ),
    "opt.tls": ("이 컴퓨터 안에서도 TLS로 수신", "TLS on this computer's own address too"),
    "opt.user": ("계정 이름", "name of the account"),
    "opt.person_name": ("사람 이름", "name of the person"),
    "opt.person": (
        "같은 사람의 계정을 묶는 번호 (사번 등). 없으면 계정 이름",
        "identifies the person who has several accounts (staff number); else the account",
    ),
    "opt.role": (
        "역할, 구역, 명령 등급. 예: operator:eco-delta+north-port:C2 (여러 번 가능)",
        "role, areas and highest command class, such as operator:eco-delta+north-port:C2 (may be repeated)",
    ),
    "opt.stdin": ("비밀번호를 표준 입력에서 읽음", "read the password from standard input"),
    "opt.sign_in": (
        "local: 비밀번호 없이 (단일 좌석), accounts: 계정으로 로그인, auto: 비밀이 주어지면 local",
        "local: without a password (a single seat); accounts: everybody signs in; auto: local if a secret was given",
    ),
    "opt.seat": ("좌석 이름", "name of the seat"),
    "opt.enrolment": ("등록 파일 (.gwseat)", "file for the enrolment (.gwseat)"),
    "opt.enrol_host": (
        "콘솔이 허브에 접속할 이름 또는 주소 (여러 번 가능)",
        "name or address under which consoles reach the hub (may be repeated)",
    ),
    "opt.enrol_port": ("허브의 포트", "port of the hub"),
    "opt.drop_older": (
        "옛 인증 기관의 좌석은 더 받지 않음 (키가 새어 나갔을 때)",
        "let seats of the old authority in no more (when its key has leaked)",
    ),
    "opt.handbook_out": ("만들 파일 (.md 또는 .html)", "file to write (.md or .html)"),
    "opt.handbook_lang": ("편람의 언어", "language of the handbook"),
    "opt.site": ("현장 프로필 폴더", "folder of the site profile"),
    "opt.data": ("상태를 저장할 폴더", "folder that holds the state"),
    "opt.scenario": ("데모 도시의 상황", "what happens in the demo city"),
    "opt.lang": ("화면 언어", "language of the screen"),
    "opt.theme": ("화면 테마", "theme of the screen"),
    "opt.map": ("지도 종류", "kind of map"),
    "opt.seed": ("난수 씨앗: 같은 값이면 같은 도시", "seed: the same number gives the same city"),
    "opt.listen": ("듣는 주소", "address to listen on"),
    "opt.feed": (
        "feeds.toml의 접속 주소를 바꿈 (여러 번 가능)",
        "replace an endpoint of feeds.toml (may be repeated)",
    ),
    "opt.parent": ("이 프로세스가 끝나면 함께 끝남", "end when this process has ended"),
    "opt.port_base": ("세 피드의 첫 포트", "first port of the three feeds"),
    "opt.listen_one": ("이 피드가 듣는 주소", "address of this feed"),
    "opt.speed": ("도시 시간의 빠르기", "city seconds per second"),
    "opt.site_dir": ("프로필 폴더", "folder of the profile"),
    "opt.samples": (
        "표본 CSV (at,tag,value,quality), gzip 가능, -는 표준 입력",
        "CSV of samples (at,tag,value,quality), gzip allowed, - for standard input",
    ),
    "opt.data_read": (
        "허브의 상태 폴더: 이력을 읽기만 함",
        "data folder of a hub; its history is only read",
    ),
    "opt.data_ledger": ("허브의 데이터 폴더", "data folder of the hub"),
    "opt.ledger_file": (
        "내보낸 .jsonl, journal.db 또는 데이터 폴더: 읽기만 함",
        "an exported .jsonl, a journal.db or a data folder; only read",
    ),
    "opt.ledger_key": (
        "따로 보관한 공개 키 ledger.pub (여러 번 가능)",
        "public key you kept elsewhere (ledger.pub; may be repeated)",
    ),
    "opt.ledger_anchor": (
        "외부 증거: .tsq, .tsr 또는 .head.json (여러 번 가능)",
        "what a witness holds: .tsq, .tsr or .head.json (may be repeated)",
    ),
    "opt.ledger_copy": (
        "원장 기록을 5초 안에 복사할 곳: 다른 디스크의 파일 또는 tls://호스트:포트 (syslog)",
        "where each record is copied to within 5 s: a file on another disk, or tls://host:port (syslog)",
    ),
    "opt.ledger_out": ("쓸 파일", "file to write"),
    "opt.ledger_tsq": ("RFC 3161 시각 인증 요청을 쓸 파일", "file for the RFC 3161 time-stamp request"),
    "opt.ledger_post": (
        "서명을 JSON으로 보낼 주소 (https, 이 컴퓨터라면 http)",
        "address that takes the signed head as JSON (https, or http on this computer)",
    ),
    "opt.from": ("이 시각부터 (RFC 3339 또는 UTC 나노초)", "from this time on (RFC 3339 or UTC ns)"),
    "opt.to": ("이 시각 앞까지", "before this time"),
    "opt.set": (
        "바꿔 볼 값: 자산 또는 유형.경보.항목=값 (여러 번 가능)",
        "what to try: asset-or-type.alarm.field=value (may be repeated)",
    ),
    "opt.report_kind": ("보고서 종류", "kind of report"),
    "opt.report_from": (
        "이 시각부터 (RFC 3339 또는 UTC 나노초; 시간대가 없으면 사이트 시각)",
        "from this time on (RFC 3339 or UTC ns; without a zone the time of the site)",
    ),
    "opt.report_about": (
        "설비 보고서의 설비, 사건의 설비 또는 경보",
        "the asset of an asset report; asset or alarm of an incident",
    ),
    "opt.report_lang": ("보고서 언어", "language of the report"),
    "opt.report_format": ("형식: pdf,xlsx,csv,html,json", "formats: pdf,xlsx,csv,html,json"),
    "opt.report_out": ("파일을 둘 폴더", "folder for the files"),
    "opt.report_site": (
        "현장 프로필 폴더; 없으면 자료 폴더가 아는 프로필",
        "folder of the site profile; without it the profile that the data folder knows",
    ),
    "opt.report_progress": (
        "진행 상황을 한 단계에 JSON 한 줄로 출력 (다른 프로그램용)",
        "say each step as one line of JSON (for other programs)",
    ),
    "opt.report_file": ("보고서 파일 또는 .evidence.zip", "file of a report, or its .evidence.zip"),
    "opt.report_key": ("작성 자리의 공개 키 파일", "file with the public key of the workstation"),
    "opt.out": ("변화를 쓸 파일; 없으면 표준 출력", "file for the transitions; none: standard output"),
    "opt.shots_dir": ("그림을 둘 폴더", "folder for the pictures"),
    "opt.bench": ("측정 이름", "name of the measurement"),
    "opt.bench_rest": ("측정에 넘길 인자", "arguments of the measurement"),
    "opt.all": ("느린 검사까지", "also the slow checks"),
    "opt.pytest": ("그대로 pytest에 넘길 인자", "handed to pytest as they are"),
    "opt.install": ("빠진 시스템 라이브러리를 설치 (root)", "install missing system libraries (as root)"),
    "opt.help": ("이 도움말", "this help"),
    "bad.seconds": (
        "'{text}'은(는) 0보다 큰 초 단위 숫자가 아닙니다",
        "'{text}' is not a number of seconds above 0",
    ),
    "bad.option": ("'{text}'은(는) 이름=값 형식이 아닙니다", "'{text}' is not NAME=VALUE"),
    "bad.page": ("{text}: .md 또는 .html 파일이어야 합니다", "{text}: must end in .md or .html"),
    "bad.name": (
        "'{text}': 이름은 글자나 숫자로 시작하고 글자, 숫자, 빈칸, '-', '_', '.'만 쓸 수 있습니다(60자 이내)",
        "'{text}': a name begins with a letter or figure and has only letters, figures, blanks and -_. (at most 60)",
    ),
    "bad.address": ("'{text}'은(는) HOST:PORT 형식이 아닙니다", "'{text}' is not HOST:PORT"),
    "bad.port": ("'{text}'의 포트는 0에서 65535 사이여야 합니다", "the port of '{text}' must be 0 to 65535"),
    "bad.folder": ("'{text}' 폴더가 없습니다", "there is no folder '{text}'"),
    "bad.no_file": ("'{text}' 파일이 없습니다", "there is no file '{text}'"),
    "bad.new_file": ("'{text}' 파일을 만들 수 없습니다", "the file '{text}' cannot be made"),
    "bad.file": ("'{text}'은(는) 폴더가 아니라 파일입니다", "'{text}' is a file, not a folder"),
    "bad.url": ("'{text}'은(는) {schemes} 주소가 아닙니다", "'{text}' is not an address of {schemes}"),
    "bad.feed": ("'{text}'은(는) 이름=주소 형식이 아닙니다", "'{text}' is not NAME=URL"),
    "bad.feed_twice": ("피드 '{text}'이(가) 두 번 있습니다", "feed '{text}' is given twice"),
    "bad.speed": (
        "'{text}'은(는) 0보다 크고 3600 이하인 수가 아닙니다",
        "'{text}' is not a number above 0 and up to 3600",
    ),
    "bad.whole": ("'{text}'은(는) 0 이상의 정수가 아닙니다", "'{text}' is not a whole number of 0 or more"),
    "bad.port_base": (
        "첫 포트는 1에서 65533 사이여야 합니다: '{text}'",
        "the first port must be 1 to 65533, not '{text}'",
    ),
    "bad.anchor": ("--out 또는 --post가 있어야 합니다", "--out or --post is needed"),
    "bad.one_port": (
        "'{text}'은(는) 1에서 65535 사이의 포트가 아닙니다",
        "'{text}' is not a port of 1 to 65535",
    ),
    "bad.bench": ("'{text}'라는 측정은 없습니다 ({known})", "there is no measurement '{text}' ({known})"),
}


def help_text(key: str, **fields: object) -> str:
    """The text of `key` in the terminal's language with its fields filled in."""
    korean, english = HELP[key]
    return (korean if language() == "ko" else english).format(**fields)
