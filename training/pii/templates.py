"""Sentences with places for personal data. `TRAIN` and `DEV` share no sentence; the figures are of `DEV` with names kept apart.

{name} {first} {last} {address} {birth} are what the net learns; {date} {city} {company} {number} {time} are no personal data by themselves;
{card} {ssn} {phone} {email} {iban} {account} {pin} {ip} {passport} are found by rules.
"""

TRAIN = """my name is {name}
hi my name is {name} and I lost my card
this is {name}
hello this is {name} speaking
hi {first} here
it's {name}
I'm {name}
i am {name} and i have an appointment on {date}
the name is {name}
the name on the account is {name}
it's under {name}
the booking is under the name {name}
a table for two under {last} please
the reservation is in the name of {last}
could I speak to {name} please
can you put me through to {name}
I'd like to talk to doctor {last}
I have an appointment with dr {last} at {time}
is mister {last} there
mrs {last} told me to call
my wife {first} made the booking
my husband's name is {name}
my son {first} is sick
my daughter {first} has a fever
my mother {name} has an account with you
please send it to {name} at {address}
thank you {first} how can I help you today
thanks {first}
okay {first} let me check that
great {name} I have found your booking
good morning {title} {last}
nice to meet you {first}
first name {first} last name {last}
my first name is {first} and my surname is {last}
last name is {last} first name {first}
{last} is my last name
that's {first} with a c
{first} {last}
{name}
yes {name}
no it's {first} not {first}
the patient is {name}
the cardholder is {name} born on {birth}
I need to change the name from {name} to {name}
transfer {number} dollars to {name}
send two hundred dollars to my friend {first}
I spoke with {first} yesterday
{first} from {company} told me so
is {first} available
tell {first} that I called
ask for {name} at the desk
she is called {name}
he's called {first}
contact me under {name}
I'm calling on behalf of {name}
I'm calling about my father {name}
the account belongs to {name} and {name}
please call me {first}
you can call me {first}
signed {name}
from {name}
me llamo {name}
mi nombre es {name}
soy {name}
habla {name}
mera naam {name} hai
main {name} bol raha hoon
I live at {address}
my address is {address}
the address is {address}
we moved to {address} last month
please deliver it to {address}
deliver to {address} please
it's {address}
send the card to {address}
pick me up at {address}
I'm at {address} right now
the shipping address is {address}
my billing address is {address} and my name is {name}
the new address is {address} not {address}
{address}
vivo en {address}
mi dirección es {address}
my date of birth is {birth}
date of birth {birth}
I was born on {birth}
born {birth}
my birthday is {birth}
birthday is {birth}
dob {birth}
she was born on {birth}
my son was born {birth}
it's {birth} that's my date of birth
{birth} is my birthday
nací el {birth}
mi fecha de nacimiento es {birth}
the patient was born on {birth} and lives at {address}
name {name} date of birth {birth} address {address}
the flight is on {date}
I'd like an appointment on {date} at {time}
I'm travelling to {city} on {date}
how is the weather in {city}
do you have a branch in {city}
I want to book a table on {date} for four
I live in {city}
is {company} open on {date}
I work at {company}
the payment of {number} dollars was made on {date}
I need it by {date}
can we move it to {date}
will it arrive before {date}
mark it as done please
grace period ends on {date}
may I ask a question
bill me for it please
I'd like to pay the bill
what is the rate for april
frank is what I want to be with you
I hope so
there is no art in this
my card was stolen in {city}
the address on the website is wrong
what is your address
what's your name
can I have your name please
what name is it under
could you spell your last name
I forgot my user name
the name of the street is not shown
my date of birth is not asked for
what is your date of birth
I don't want to give my name
the street was closed
the road to {city} is closed
I bought it at the store on the corner
two tickets for the show on {date}
what about {date}
does {date} work for you
I was in {city} on {date}""".split("\n")

DEV = """good afternoon, {name} calling about a lost card
you're speaking with {name}
put it under {name} if you can
the account holder is called {name}
hello there, I am {first}, I have a question about my bill
my partner {first} will pick it up
could {title} {last} call me back on {date}
I was told to ask for {name}
it should be booked for {last}, party of five
{first} {last} is who I need
the prescription is for {name}
let me give you my details, {name}, {address}
please post the documents to {address}
my home is at {address}
you can find us at {address}
the taxi should come to {address} at {time}
I moved, it used to be {address}
for security, I was born on {birth}
sure, date of birth is {birth}
my little girl was born on {birth}
yes, {birth} is when I was born
my name's {name} and my birthday is {birth}
this is about my daughter, {first}
he said his name was {name}
thank you very much {first}, goodbye
is it {first} or {first} who answers today
a nombre de {name}
my card number is {card}
the card is {card}, in the name of {name}
my social security number is {ssn}
social is {ssn}
you can reach me at {phone}
call me back on {phone} please
my number is {phone}
my e-mail is {email}
write to {email}
the iban is {iban}
my account number is {account}
account {account} please
the pin is {pin}
my passport number is {passport}
the requests come from {ip}
I'd like to know your opening hours
can I move my visit to {date} at {time}
the total is {number} dollars
do you deliver to {city}
I was charged {number} dollars on {date}
please tell me the balance of my savings account
how do I reset my password
is the branch in {city} open on {date}
I would like two pizzas and a cola at {time}
nothing else, thank you, goodbye
my order has not come yet
that is all I need today
what may I do about it
will you mark the fee as paid""".split("\n")


# Beginnings and ends that stand around names, addresses and dates of birth, in any combination.
BEFORE = {
    "name": """my name's|the name would be|I go by|you spoke with|I was talking to|it is for|this order is for|the letter is for|make it out to|addressed to|
the ticket is for|the room is booked for|I booked for|put down|write|spelled|it was signed by|my boss|my friend|my neighbour|my brother|my sister|my partner|my wife|
my husband|my daughter|my son|our guest|the tenant|the owner is|the driver is|the nurse|the doctor is|doctor|the agent was|your colleague|ask|tell|call|invite|remove|add|
the second person is|the other name is|I'm the mother of|I'm the lawyer of|on the line is|here is|speaking here is|with me is|and|also|so|well|hello|good morning|
it says|the card says|under the name|listed as|known as|named|called|by|to|for|from|with|about|is it""",
    "address": """the parcel goes to|ship it to|bring it to|drop it off at|meet me at|I am standing at|the house is at|the flat is at|our office is at|the shop is at|
the technician should come to|the ambulance should go to|a cab to|a taxi from|drive me to|the pickup is at|the destination is|it happened at|the meter is at|I own|
I rent|we live in|my parents live at|the old address was|change it to|the invoice goes to|correct address|that would be|located at|from|to|at|on|near|and|it's|so""",
    "birth": """I was born|he was born on|she was born on|born on|birth date|date of birth is|the birthday is|my birthday's|his birthday is|her date of birth is|
the baby was born|the child was born on|the date of birth on file is|year and day of birth|d o b is|birth date of the patient|my birth date is|my twin and I were born""",
}
AFTER = {
    "name": """|||||||please|thanks|speaking|here|by the way|and I need some help|can you check|if that's okay|is the one|will come instead|lives with me|told me so|
said it was fine|is on the phone|would like to talk to you|has not arrived|is my contact|is what it says|and nobody else|from accounting|at the front desk|about the bill|
on the account|as the second driver|for tomorrow|instead of me|with two people|and a baby|as usual|when you can|is waiting|is picking up|will pay|signed it|needs it today""",
    "address": """|||||||please|thanks|as soon as possible|by noon|at seven|tomorrow|second floor|next to the bank|behind the station|if you can|for the delivery|
that's my place|is where I live|is the right one|and ring the bell|not the old one|before five|in an hour|with the blue door|and then to the airport|until friday|
where we lived before|is the billing address|and call me when you are there""",
    "birth": """|||||||please|thanks|if you need it|that's right|as on my passport|is when he was born|is my date of birth|that is my birthday|in case you ask|and my zip code|
for the record|in london|I think|yes|exactly|at the hospital""",
}
for kind in BEFORE:
    BEFORE[kind], AFTER[kind] = BEFORE[kind].replace("\n", "").split("|"), AFTER[kind].replace("\n", "").split("|")

# What was asked, and what may be answered with nothing around it.
QUESTIONS = [line.split(" | ") for line in """may I have your name please | {name} / it's {name} / {first} / yes {name} / sure it's {last}
what is your name | {name} / {first} {last} / {first} / I'd rather not say
could you tell me your first and last name | {first} {last} / {name} / uh {name}
what name is the booking under | {last} / {name} / under {last}
who am I speaking with | {name} / {first} / with {name}
and your surname | {last} / my surname is {last}
what is your date of birth | {birth} / it's {birth} / uh {birth} / sorry why do you need that
when were you born | {birth} / on {birth}
and your birthday please | {birth} / sure {birth}
could you confirm your date of birth | {birth} / yes {birth}
what is your address | {address} / it's {address} / at {address}
where should we deliver | {address} / to {address} / at my home please
what's the shipping address | {address} / same as before
and the street and number | {address} / {address} please
which day would you like to come | {date} / on {date} / {date} would be best
when would you like the appointment | {date} / {date} at {time} / as soon as possible
what date would you like to fly | {date} / the flight on {date}
for which day | {date} / {date} please
which city are you in | {city} / in {city}
how can I help you | I'd like to check my balance / I want to book a table for {date} / it is about a bill""".split("\n")]

# Secret numbers as they are said aloud; {..} are drawn as digits and spoken one by one, in pairs, with "oh" and "double".
SPOKEN = """my card number is {card}
the card is {card}
it's {card}
sure my card number is {card} and it expires next year
my social security number is {ssn}
social is {ssn}
you can reach me at {phone}
my phone number is {phone}
call me back on {phone} please
my account number is {account}
the account is {account}
account number {account} I think
my pin is {pin}
the security code is {code}
the c v v is {code}
my member number is {account}
{card}
{phone}
uh {account}
my passport number is {account}""".split("\n")
