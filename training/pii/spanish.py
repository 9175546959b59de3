"""Spanish sentences with places for personal data, as in `templates.py`, and names and addresses to put there."""

GIVEN = """alejandro alfonso alberto alicia alfredo almudena álvaro amparo ana andrea andrés ángel ángela antonio araceli armando arturo beatriz
benito bernardo blanca camila carlos carmen carolina catalina cecilia césar claudia clara concepción consuelo cristina cristóbal daniel daniela david
diego dolores domingo eduardo elena elisa emilia emilio encarnación enrique ernesto esperanza esteban esther eugenia eva fabiola federico felipe félix
fernanda fernando francisca francisco gabriel gabriela gerardo gilberto gloria gonzalo graciela gregorio guadalupe guillermo gustavo héctor hernán hugo
humberto ignacio inés irene isabel ismael iván jacinto jaime javier jazmín jesús joaquín jorge josé josefa juan juana julia julián julio laura leonardo
leonor leticia liliana lorena lorenzo lourdes lucas lucía luis luisa magdalena manuel manuela marcelo marco margarita maría mariana mario marta martín
mateo matilde mauricio mercedes miguel milagros miriam mónica montserrat natalia nicolás noelia norma nuria olga óscar pablo paloma patricia patricio
paula paulina pedro pilar rafael ramiro ramón raquel raúl rebeca regina renata ricardo roberto rocío rodolfo rodrigo rogelio rosa rosalía rosario rubén
salvador samuel santiago sara sebastián sergio silvia simón sofía soledad susana tatiana teodoro teresa tomás valentina valeria vanesa verónica vicente
víctor virginia viviana ximena yolanda""".split()
SURNAMES = """acosta aguilar aguirre alarcón alonso álvarez arias avendaño ávila ayala barrios benítez bermúdez blanco bravo caballero cabrera calderón
campos cano cárdenas carrasco carrillo castaño castillo castro cisneros contreras córdoba coronado correa cortés cruz cuevas delgado díaz domínguez
duarte escobar espinosa esquivel estrada fajardo fernández figueroa flores fuentes galindo gallardo gallego galván garcía garrido garza gil giménez gómez
gonzález guerrero guevara gutiérrez guzmán heredia hernández herrera hidalgo ibáñez iglesias jiménez juárez lara ledesma león lópez lozano luna macías
maldonado manzano marín márquez martín martínez medina mejía méndez mendoza mercado molina montero montes mora morales moreno moya muñoz murillo nájera
navarro nieto núñez ochoa olivares orozco ortega ortiz pacheco padilla palacios paredes parra peña peralta pérez pineda ponce portillo prado prieto
quintana quiroga ramírez ramos rangel reyes ríos rivas rivera robles rocha rodríguez rojas roldán román romero rosales rubio ruiz saavedra salas salazar
salinas sánchez sandoval santana santos sepúlveda serrano sierra silva solís soto suárez tapia toledo torres trejo trujillo ureña valdés valencia vargas
vásquez vázquez vega velasco velázquez vera vidal villalobos villanueva villegas zamora zapata zavala""".split()
ROADS = "calle|avenida|paseo|plaza|camino|carretera de|ronda|travesía|bulevar|calzada|pasaje|callejón"
ROAD_NAMES = """mayor|real|de alcalá|de la constitución|del sol|de la paz|san juan|san martín|santa ana|de los olivos|de las flores|del carmen|de la
libertad|independencia|juárez|reforma|hidalgo|colón|de la iglesia|de la estación|del río|de toledo|de valencia|del prado|de la luna|insurgentes|nueve de
julio|primero de mayo|de los pinos|del mar|de europa|américa|de la victoria|del norte|bolívar|morelos|del puerto|de la fuente""".replace("\n", " ")
CITIES = """madrid|barcelona|valencia|sevilla|zaragoza|málaga|bilbao|granada|murcia|alicante|córdoba|salamanca|toledo|méxico|guadalajara|monterrey|puebla|
bogotá|medellín|cali|lima|quito|santiago|buenos aires|rosario|montevideo|caracas|la paz|san josé|panamá""".replace("\n", "")
MONTHS = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split()
DAYS = "uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho"
TENS = "uno diez veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
SOON = "mañana|el próximo martes|lunes|viernes por la tarde|pasado mañana|este fin de semana|hoy"
TITLES = "señor señora señorita don doña doctor doctora"

TRAIN = """me llamo {name}
hola me llamo {name} y he perdido mi tarjeta
mi nombre es {name}
soy {name}
hola soy {first}
habla {name}
le habla {name}
de parte de {name}
buenos días soy {name} y tengo una cita el {date}
la cuenta está a nombre de {name}
la reserva está a nombre de {last}
una mesa para dos a nombre de {first}
quisiera hablar con {name}
me comunica con {name} por favor
tengo una cita con el doctor {last}
tengo cita con la doctora {last} a las {time}
está {first}
está el {title} {last}
mi esposa {first} hizo la reserva
mi marido se llama {name}
mi hijo {first} está enfermo
mi hija {first} tiene fiebre
mi madre {name} tiene una cuenta con ustedes
envíelo a {name} en {address}
gracias {first} en qué puedo ayudarle
gracias {first}
muy bien {first} déjeme ver
encantado {first}
buenas tardes {title} {last}
mi apellido es {last}
nombre {first} apellido {last}
{first} {last}
{name}
sí {name}
no es {first} es {first}
la paciente es {name}
el titular es {name} nacido el {birth}
quiero cambiar el nombre de {name} a {name}
transfiera {number} euros a {name}
mande doscientos pesos a mi amigo {first}
ayer hablé con {first}
me lo dijo {first} de su oficina
dígale a {first} que llamé
pregunte por {name}
ella se llama {name}
llamo de parte de {name}
llamo por mi padre {name}
puede llamarme {first}
vivo en {address}
mi dirección es {address}
la dirección es {address}
nos mudamos a {address} el mes pasado
entréguelo en {address}
envíe la tarjeta a {address}
recójame en {address}
estoy en {address}
el domicilio de facturación es {address}
la nueva dirección es {address} no {address}
{address}
mi fecha de nacimiento es {birth}
fecha de nacimiento {birth}
nací el {birth}
nacido el {birth}
mi cumpleaños es el {birth}
ella nació el {birth}
mi hijo nació el {birth}
{birth} es mi cumpleaños
{name} nacida el {birth} con domicilio en {address}
el vuelo es el {date}
quiero una cita el {date} a las {time}
viajo a {city} el {date}
qué tiempo hace en {city}
tienen una sucursal en {city}
quiero reservar una mesa el {date} para cuatro personas
vivo en {city}
abren el {date}
el pago de {number} euros se hizo el {date}
lo necesito antes del {date}
podemos cambiarlo al {date}
puedo hacer una pregunta
quisiera pagar la factura
me robaron la tarjeta en {city}
la dirección de la página está mal
cuál es su dirección
cómo se llama usted
me da su nombre por favor
a nombre de quién
puede deletrear su apellido
olvidé mi nombre de usuario
cuál es su fecha de nacimiento
no quiero dar mi nombre
la calle estaba cerrada
lo compré en la tienda de la esquina
quiero saber mi saldo
bloquee mi tarjeta por favor
quiero hablar con una persona
dos pizzas grandes y una coca cola
sin cebolla por favor
eso es todo gracias
no gracias nada más
me puede repetir el número
qué horario tienen
cuánto cuesta el envío
mi pedido no ha llegado
quiero cancelar mi cita
buenas tardes llamo por un recibo de la luz
necesito cambiar la contraseña
se me cayó la llamada
la señal es muy mala
está bien muchas gracias hasta luego""".split("\n")

BEFORE = {
    "name": """me llamo|mi nombre es|soy|yo soy|habla|le habla|de parte de|a nombre de|para|con|de|por|y|también|hola|buenas|el titular es|la titular es|mi jefe|
mi amiga|mi vecino|mi hermano|mi hermana|mi socio|mi esposo|mi mujer|mi hijo|mi hija|mi abuela|el paciente|el conductor es|la enfermera|el doctor|el señor|
la señora|pregunte por|llame a|invite a|quite a|añada a|escriba|anote|apunte|firmado por|conocido como|se llama|se llamaba|aparece como|la otra persona es|
al teléfono|aquí|lo dijo|me atendió|me ayudó|hablé con|es para|la carta es para|el pedido es de""",
    "address": """vivo en|vivimos en|mi casa está en|la casa queda en|el piso está en|la oficina está en|la tienda está en|envíelo a|mándelo a|tráigalo a|entregar en|
recoger en|un taxi a|un taxi desde|lléveme a|estoy en|nos vemos en|el técnico debe ir a|la ambulancia a|pasó en|mi antigua dirección era|cámbiela a|la factura va a|
dirección|domicilio|sería|en|a|desde|cerca de|y|es""",
    "birth": """nací|nací el|nació el|nacido el|nacida el|fecha de nacimiento|la fecha de nacimiento es|mi cumpleaños es el|su cumpleaños es el|la niña nació el|
el bebé nació el|día y año de nacimiento|cumplo años el""",
}
AFTER = {
    "name": """|||||||por favor|gracias|para servirle|y necesito ayuda|puede comprobarlo|si le parece bien|vendrá en mi lugar|vive conmigo|me lo dijo|está al teléfono|
quiere hablar con usted|no ha llegado|es mi contacto|de contabilidad|en recepción|sobre la factura|en la cuenta|como segundo conductor|para mañana|con dos personas|
cuando pueda|está esperando|lo recoge|va a pagar|lo firmó|lo necesita hoy|y nadie más|al aparato""",
    "address": """|||||||por favor|gracias|lo antes posible|antes del mediodía|a las siete|mañana|segundo piso|junto al banco|detrás de la estación|es donde vivo|
esa es mi casa|y toque el timbre|no la antigua|en una hora|y luego al aeropuerto|hasta el viernes|para la entrega""",
    "birth": """|||||||por favor|gracias|así es|como en mi pasaporte|es mi cumpleaños|y mi código postal|creo|sí|exacto|en el hospital""",
}
QUESTIONS = """me dice su nombre por favor | {name} / soy {name} / {first} / sí {name} / me llamo {last}
cómo se llama | {name} / {first} {last} / prefiero no decirlo
a nombre de quién está la reserva | {last} / {name} / de {last}
con quién hablo | {name} / {first} / con {name}
y su apellido | {last} / mi apellido es {last}
cuál es su fecha de nacimiento | {birth} / es el {birth} / perdón para qué la necesita
cuándo nació | {birth} / el {birth}
cuál es su dirección | {address} / es {address} / en {address}
adónde lo enviamos | {address} / a {address} / a mi casa por favor
qué día quiere venir | {date} / el {date} / mejor el {date}
para qué fecha | {date} / el {date} a las {time} / lo antes posible
en qué ciudad está | {city} / en {city}
en qué puedo ayudarle | quiero consultar mi saldo / quiero una mesa para el {date} / es por una factura""".split("\n")

DEV = """buenas noches, le llama {name} por una tarjeta perdida
está usted hablando con {name}
póngalo a nombre de {name} si puede
el dueño de la cuenta se llama {name}
oiga, soy {first}, tengo una duda con el recibo
mi pareja {first} pasará a recogerlo
me podría llamar el {title} {last} el {date}
me dijeron que preguntara por {name}
debería estar reservado para {last}, somos cinco
la receta es para {name}
le doy mis datos, {name}, {address}
mande los documentos a {address}
mi hogar queda en {address}
nos encuentra en {address}
que el taxi venga a {address} a las {time}
antes vivía en {address}
por seguridad, nací el {birth}
claro, la fecha de nacimiento es el {birth}
mi niña nació el {birth}
se trata de mi hija, {first}
dijo que su nombre era {name}
muchísimas gracias {first}, adiós
quién atiende hoy, {first} o {first}
mi número de tarjeta es {card}
me puede llamar al {phone}
mi correo es {email}
el iban es {iban}
quisiera saber el horario de la tienda
puedo mover mi visita al {date} a las {time}
el total son {number} euros
hacen envíos a {city}
me cobraron {number} pesos el {date}
dígame el saldo de mi cuenta de ahorros
cómo recupero la contraseña
abre la oficina de {city} el {date}
quiero dos tacos y una limonada a las {time}
nada más, gracias, adiós
todavía no llega mi paquete
es todo lo que necesito hoy
qué puedo hacer al respecto""".split("\n")
