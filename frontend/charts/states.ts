/** Postal codes of the states, for data that names them so. */
const CODES =
  'AL:Alabama AK:Alaska AZ:Arizona AR:Arkansas CA:California CO:Colorado CT:Connecticut DE:Delaware DC:District_of_Columbia ' +
  'FL:Florida GA:Georgia HI:Hawaii ID:Idaho IL:Illinois IN:Indiana IA:Iowa KS:Kansas KY:Kentucky LA:Louisiana ME:Maine ' +
  'MD:Maryland MA:Massachusetts MI:Michigan MN:Minnesota MS:Mississippi MO:Missouri MT:Montana NE:Nebraska NV:Nevada ' +
  'NH:New_Hampshire NJ:New_Jersey NM:New_Mexico NY:New_York NC:North_Carolina ND:North_Dakota OH:Ohio OK:Oklahoma OR:Oregon ' +
  'PA:Pennsylvania PR:Puerto_Rico RI:Rhode_Island SC:South_Carolina SD:South_Dakota TN:Tennessee TX:Texas UT:Utah VT:Vermont ' +
  'VA:Virginia VI:United_States_Virgin_Islands WA:Washington WV:West_Virginia WI:Wisconsin WY:Wyoming';

const NAMES: ReadonlyMap<string, string> = new Map(
  CODES.split(' ').map((entry) => {
    const [code = '', name = ''] = entry.split(':');
    return [code, name.replace(/_/g, ' ')];
  }),
);

/** The name of a state from its name or postal code. */
export const stateName = (text: string): string => NAMES.get(text.toUpperCase()) ?? text;
