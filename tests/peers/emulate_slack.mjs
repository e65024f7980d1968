// Vercel's `emulate` as a Slack on a free port that sends its events, signed, to the address given.
// Its own command can't register an address for events, so its dispatcher is taken as it is set up.
import { createEmulator, defineEmulator } from "emulate";

const [events, secret, seed] = process.argv.slice(2);
let dispatcher;
const probe = defineEmulator({
  name: "probe",
  state: () => ({}),
  setup: ({ webhooks }) => {
    const prototype = Object.getPrototypeOf(webhooks);
    const original = prototype.setHeaderFactory;
    prototype.setHeaderFactory = function (factory) {
      dispatcher = this;
      return original.call(this, factory);
    };
  },
});
await (await createEmulator({ service: probe, listen: false })).close();
const slack = await createEmulator({ service: "slack", port: 0, seed: JSON.parse(seed) });
dispatcher.register({ url: events, events: ["*"], active: true, owner: "slack", secret });
console.log(slack.url);
process.stdin.resume();
process.stdin.on("end", () => slack.close().then(() => process.exit(0)));
