// A Sparkplug edge node with one press, made of the library `sparkplug-client`: node sparkplug_edge.cjs FOLDER URL
const path = require('node:path');
const [folder, serverUrl] = process.argv.slice(2);
const sparkplug = require(path.join(folder, 'node_modules', 'sparkplug-client'));

let temperature = 41.5;
let running = true;
const press = () => [
  { name: 'Spindle/Temp', value: temperature, type: 'Float', alias: 1, properties: { engUnit: { type: 'String', value: 'Cel' } } },
  { name: 'Count', value: -7, type: 'Int32', alias: 2 },
  { name: 'Run', value: running, type: 'Boolean', alias: 3 },
];
const now = () => Date.now();

const client = sparkplug.newClient({
  serverUrl, username: '', password: '', groupId: 'Busan', edgeNode: 'Line1', clientId: `edge-${process.pid}`, version: 'spBv1.0',
});
client.on('birth', () => {
  client.publishNodeBirth({ timestamp: now(), metrics: [{ name: 'Firmware', value: '1.4.2', type: 'String' }] });
  client.publishDeviceBirth('Press01', { timestamp: now(), metrics: press() });
});
client.on('dcmd', (device, payload) => {
  for (const metric of payload.metrics) {
    if (metric.name === 'Run') {
      running = metric.value;
      client.publishDeviceData(device, { timestamp: now(), metrics: [{ ...press()[2], timestamp: now() }] });
    }
  }
});
setInterval(() => {
  temperature += 0.25;
  client.publishDeviceData('Press01', { timestamp: now(), metrics: [{ ...press()[0], timestamp: now() }] }, { compress: temperature > 42 });
}, 100);
