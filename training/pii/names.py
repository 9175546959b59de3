"""Names and addresses to put into sentences. A name is kept apart for development by a checksum of its letters, so that no part of it
is ever trained on."""

import csv
import re
import unicodedata
import zlib

INDIAN = """aarav aditi aditya ajay akash amit amrita ananya anil anita anjali ankit arjun arun asha ashok bhavna chetan deepa deepak divya
gaurav geeta gopal harish hema isha jaya jyoti kavita kiran krishna lakshmi lalita madhav mahesh manish manoj maya meena meera mohan mukesh
nandini naveen neha nikhil nisha nitin pallavi pankaj parvati pooja prakash pramod prasad preeti priya rahul raj rajesh rakesh ramesh rani
ravi rekha ritu rohan rohit sachin sandeep sanjay sarita shalini shanti shreya shyam sita sneha sonia subhash sudha sunil sunita suresh
swati tanvi uma usha varun vijay vikram vinod vivek yash""".split()
INDIAN_SURNAMES = """agarwal ahuja bajaj banerjee basu bhat bhatia bose chadha chakraborty chandra chatterjee chauhan chopra das desai deshmukh
dutta gandhi ghosh gill gupta iyer jain jha joshi kapoor kaur khan khanna kulkarni kumar malhotra mehra mehta menon mishra mukherjee nair
naidu pandey patel patil pillai rao reddy roy saxena sengupta seth shah sharma shetty shukla singh sinha srinivasan tiwari trivedi varma verma
yadav""".split()
SPANISH = """alejandro alicia álvaro ana andrés antonio beatriz carlos carmen cristina daniel david diego elena enrique esteban eva fernando
francisco gabriela gonzalo guadalupe héctor ignacio inés isabel javier jesús jorge josé juan julia laura lorena lucía luis manuel maría
mariana marta mateo miguel mónica natalia nuria óscar pablo patricia paula pedro pilar rafael ramón raquel ricardo roberto rocío rosario
santiago sara sergio silvia sofía teresa valentina verónica víctor ximena""".split()
SPANISH_SURNAMES = """aguilar alonso álvarez blanco cabrera calderón campos cano castillo castro cortés cruz delgado díaz domínguez
espinoza fernández flores fuentes gallego garcía garrido gil gómez gonzález guerrero gutiérrez herrera iglesias jiménez lópez lozano marín
márquez martín martínez medina méndez molina morales moreno muñoz navarro núñez ortega ortiz peña pérez prieto ramírez ramos reyes rivera
rodríguez rojas romero rubio ruiz salazar sánchez santos sanz serrano silva soto suárez torres vargas vázquez vega velasco vidal""".split()
CHINESE = "wei fang li na xiu ying jing lei yang jun jie chao ming hui yan bin tao xia ping gang dong bo hao mei lan ting qiang".split()
CHINESE_SURNAMES = """wang zhang liu chen huang zhao wu zhou xu sun zhu lin guo gao luo zheng liang xie tang deng han feng cao
nguyen tran le pham hoang kim park choi jung kang yoon tanaka suzuki sato""".split()
STREETS = """oak maple pine cedar elm washington lake hill walnut park main church high spring river mill lincoln jackson forest sunset
meadow green broad queen king victoria station market chestnut willow highland jefferson madison college franklin ridge valley prospect
school garden cherry north south east west first second third fourth fifth sixth seventh eighth ninth tenth harbour bridge castle""".split()
KINDS = "street avenue road lane drive boulevard court place way terrace close crescent square parkway circle highway".split()
SHORT_KINDS = {"street": "st", "avenue": "ave", "road": "rd", "drive": "dr", "boulevard": "blvd", "lane": "ln", "court": "ct"}
CITIES = """san jose, san francisco, oakland, chicago, new york, boston, seattle, austin, dallas, houston, denver, phoenix, atlanta, miami,
london, leeds, bristol, manchester, birmingham, glasgow, dublin, toronto, vancouver, sydney, melbourne, perth, mumbai, delhi, pune, chennai,
madrid, valencia, sevilla, berlin, paris, portland, sacramento, springfield, columbus, nashville, memphis, orlando""".replace("\n", " ").split(", ")
STATES = "california texas florida ohio georgia oregon washington nevada arizona illinois michigan virginia ca tx fl oh ga or wa nv az il ny".split()


DEVANAGARI = dict(pair.split(":") for pair in """अ:a आ:a इ:i ई:i उ:u ऊ:u ऋ:ri ए:e ऐ:ai ओ:o औ:au ऑ:o ऍ:e क:k ख:kh ग:g घ:gh ङ:n च:ch छ:chh ज:j झ:jh ञ:n
ट:t ठ:th ड:d ढ:dh ण:n त:t थ:th द:d ध:dh न:n प:p फ:ph ब:b भ:bh म:m य:y र:r ल:l ळ:l व:v श:sh ष:sh स:s ह:h ा:a ि:i ी:i ु:u ू:u ृ:ri े:e ै:ai ो:o ौ:au
ॉ:o ॅ:e ं:n ँ:n ः:h""".split())
SILENT = "\u093c\u094d\u200c\u200d"  # nukta, virama, joiners


def romanised(word):
    """Devanagari in Latin letters, without the vowel that is not written."""
    if not any("\u0900" <= c <= "\u097f" for c in word):
        return word
    return "".join("" if c in SILENT else DEVANAGARI.get(c, c) for c in unicodedata.normalize("NFD", word))


def plain(word):
    """Letters of a to z and apostrophes, as the net knows words; what is left of other scripts is nothing."""
    word = romanised(word)
    word = word.replace("ß", "ss").replace("ø", "o").replace("Ø", "O").replace("ł", "l").replace("Ł", "L").replace("đ", "d").replace("’", "'")
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c)).lower()


def is_apart(name):
    """One name of ten is for development."""
    return zlib.crc32(plain(name).encode()) % 10 == 0


def read(root):
    """(given names, surnames, street lines), as written."""
    given, surnames, streets = set(INDIAN + SPANISH + CHINESE), set(INDIAN_SURNAMES + SPANISH_SURNAMES + CHINESE_SURNAMES), set()
    with open(f"{root}/pii/lists/FakeNameGenerator.com_3000.csv", encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            given.add(row["GivenName"])
            surnames.add(row["Surname"])
            surnames.add(row["MothersMaiden"])
            streets.add(row["StreetAddress"])
    for which in ("male", "female"):
        given.update(line.strip() for line in open(f"{root}/names/{which}.txt") if line.strip())
    letters = re.compile(r"^[a-z']{2,}$")
    clean = lambda words: sorted({w for w in words if letters.match(plain(w).replace("-", "").replace(" ", ""))}, key=lambda w: (plain(w), w))
    return clean(given), clean(surnames), sorted(streets)
