// Drives Hearsay's calls from TypeScript: events in, actions out, over one WebSocket.
//
//     HEARSAY_CONTROL_KEY=... node control.ts ws://127.0.0.1:8080
//
// Needs Node 22.18 or later, which runs TypeScript and has WebSocket, and no package.

/** What happens in calls. `docs/control.md` lists the fields of each event. */
interface Told {
  event: string;
  call_id: string;
  at_ms: number;
  text?: string;
  answers?: number;
  [field: string]: unknown;
}

/** What can be asked for. */
type Action =
  | { action: "say"; text: string; answers?: number }
  | { action: "intent"; intent: string }
  | { action: "fill"; slot: string; value: unknown }
  | { action: "transfer"; to: string; say?: string }
  | { action: "hang_up"; say?: string };

const answers: Record<string, string> = {
  exhibition: "This month we show the drawings of Rosa Marin.",
  cost: "A ticket costs twelve euros, and children pay nothing.",
  open: "We open at ten every day but Monday.",
};

/** What to do with a caller's words. */
function decide(text: string): Action {
  const words = text.toLowerCase();
  if (words.includes("ticket") && !words.includes("cost")) {
    return { action: "intent", intent: "tickets" };
  }
  if (words.includes("person")) {
    return { action: "transfer", to: "+12025550120", say: "One moment, please." };
  }
  if (words.includes("bye") || words.includes("thank")) {
    return { action: "hang_up", say: "Thank you for calling. Goodbye." };
  }
  const word = Object.keys(answers).find((word) => words.includes(word));
  const unknown = "I do not know that. You can ask what we show, or what a ticket costs.";
  return { action: "say", text: word ? `${answers[word]} Anything else?` : unknown };
}

const [, , server] = process.argv;
const key = process.env.HEARSAY_CONTROL_KEY;
// Node's WebSocket takes headers beside the address; browsers' does not.
const options = { headers: { Authorization: `Bearer ${key}` } } as unknown as string[];
const socket = new WebSocket(`${server}/v1/calls/control`, options);

socket.onmessage = (message: MessageEvent) => {
  const told: Told = JSON.parse(message.data);
  console.log(JSON.stringify(told));
  if (told.event !== "answer_wanted") return;
  const wanted = decide(told.text ?? "");
  if (wanted.action === "say") wanted.answers = told.answers;
  const id = `${wanted.action}-${told.answers}`;
  socket.send(JSON.stringify({ ...wanted, call_id: told.call_id, id }));
};
socket.onerror = () => {
  console.error("no connection: check the address and the key");
  process.exit(1);
};
socket.onclose = () => process.exit(0);
