// Somebody new of an operator, for journeys that need a person without a history.
import * as walk from './walk.mjs';

/** Registers somebody whose line may confirm itself and has an e-mail address that may, too. */
export async function newcomer(house, page, operator, password) {
  const base = house.base(operator);
  for (;;) {
    const person = { ...house.stranger(operator), password };
    const line = await house.ask('line', 'show', '--operator', operator, '--number', person.number);
    if (!line.line_may_confirm || !line.contacts.some((each) => each.may_confirm)) continue;
    await walk.register(page, base, person, {
      password,
      code: (kind, to) => walk.inboxCode(base, to),
    });
    return person;
  }
}
