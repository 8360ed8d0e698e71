import type { start as english } from '../en/start.ts';

export const start: typeof english = {
  title: '发送第一个 span',
  waiting: '正在等待第一个 span…',
  listening: address => `监听地址 ${address}`,
  receiving: '正在收到 span。',
  toTraces: '查看链路',
  intro: '选择程序所用的技术，复制并运行。第一个 span 到达后本页会自动切换。',
  ways: '发送 span 的方式',
  goesTo: place => `写入：${place}`,
  copySnippet: title => `复制 ${title} 片段`,
  noProgram: '手头没有程序？',
  sendSample: '发送示例链路',
  sending: '正在发送…',
  sent: '示例链路已被接受。',
  openSample: '打开它',
  openFile: '打开链路文件',
};
