import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { entries, PbxBench } from '../testing/pbx-bench.ts';

describe('functions of the dialplan', () => {
  let bench: PbxBench;

  beforeEach(async () => {
    bench = await PbxBench.open();
  });
  afterEach(() => bench.close());

  /** Runs lines and returns what the last one, a `NoOp()`, was given. */
  async function result(lines: readonly string[], options = {}): Promise<string> {
    const report = await bench.dial(lines, options).ended;
    expect(report.errors).toEqual([]);
    return entries(report, 'application').at(-1)!.args;
  }

  it.each([
    [['Set(ARRAY(A,B,C)=x,y)', 'NoOp([${A}] [${B}] [${C}])'], '[x] [y] []'],
    [['Set(V=a-b-c)', 'NoOp(${CUT(V,-,2)} ${CUT(V,-,2-)})'], 'b b-c'],
    [['NoOp(${IF($[1]?yes:no)} ${IF($[0]?yes:no)})'], 'yes no'],
    [['NoOp(${ISNULL()} ${ISNULL(x)})'], '1 0'],
    [['NoOp(${URIENCODE(+1 2/3,&=ä!)})'], '%2B1%202%2F3%2C%26%3D%C3%A4%21'],
    [['NoOp(${FILTER(+0-9,+1 (202) 555-0123)})'], '+12025550123'],
    [['NoOp(${LEN(abc)})'], '3'],
    [['NoOp(${CALLERID(num)} ${CALLERID(name)} ${CALLERID(dnid)})'], '+12025550123 Sam +14155550199'],
    [['Set(CALLERID(num)=5)', 'Set(CALLERID(name)=Z)', 'NoOp(${CALLERID(all)})'], '"Z" <5>'],
    [
      ['Set(CHANNEL(language)=de)', 'NoOp(${CHANNEL(language)} ${CHANNEL(state)} ${CHANNEL(channeltype)})'],
      'de Ring PJSIP',
    ],
    [['NoOp(${EXTEN} ${CONTEXT} ${PRIORITY})'], 's test 1'],
  ])('%j gives %s', async (lines, expected) => {
    expect(await result(lines, { fromName: 'Sam' })).toBe(expected);
  });

  it('names the channel', async () => {
    const call = bench.dial(['NoOp(${CHANNEL(name)} ${UNIQUEID})']);
    const report = await call.ended;
    expect(entries(report, 'application')[0]!.args).toBe(`${report.channel} ${report.uniqueId}`);
    expect(report.channel).toMatch(/^PJSIP\/trunk-[0-9a-f]{8}$/);
    expect(report.uniqueId).toMatch(/^\d{10}\.\d+$/);
  });

  describe('CURL', () => {
    it('posts a form with the headers that were set', async () => {
      bench.ingress.on('x', 'connect,a,b \r\n\n');
      const answer = await result([
        'Set(CURLOPT(httpheader)=Authorization: Bearer x:y)',
        'Set(CURLOPT(httpheader)=X-Second: 2)',
        `Set(A=\${CURL(${bench.ingress.url}/x,to=%2B1&from=2)})`,
        'NoOp([${A}])',
      ]);
      expect(answer).toBe('[connect,a,b]');
      expect(bench.ingress.to('x')).toMatchObject([
        {
          fields: { to: '+1', from: '2' },
          headers: {
            authorization: 'Bearer x:y',
            'x-second': '2',
            'content-type': 'application/x-www-form-urlencoded',
          },
        },
      ]);
    });

    it('gives the body of an error, and nothing when nothing listens', async () => {
      bench.ingress.on('x', { status: 500, body: 'down' });
      expect(await result([`NoOp(\${CURL(${bench.ingress.url}/x)})`])).toBe('down');
      expect(await result(['NoOp([${CURL(http://127.0.0.1:9/)}])'])).toBe('[]');
    });

    it('gives up after its timeout', async () => {
      bench.ingress.on('x', () => new Promise((resolve) => setTimeout(() => resolve('late'), 3_000)));
      const report = await bench.dial([
        'Set(CURLOPT(httptimeout)=1)',
        `NoOp([\${CURL(${bench.ingress.url}/x)}])`,
      ]).ended;
      expect(entries(report, 'application').at(-1)!.args).toBe('[]');
      expect(entries(report, 'request')).toMatchObject([{ httpStatus: 0 }]);
    });

    it('forgets all failure codes but the first after one request, as 22.10.1 does', async () => {
      bench.ingress.on('x', { status: 503, body: 'down' });
      const url = `\${CURL(${bench.ingress.url}/x)}`;
      expect(await result(['Set(CURLOPT(failurecodes)=500,503)', `NoOp([${url}] [${url}])`])).toBe(
        '[] [down]',
      );
    });
  });
});
