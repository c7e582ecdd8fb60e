"""Which DLLs are part of Windows, and which look as if they were."""

from __future__ import annotations

import re

# Sets of functions that Windows maps to whatever DLL has them.
_API_SETS = re.compile(r"(api|ext)-ms-.*")

# Compilers' run-time libraries that are often taken for parts of Windows, and what to say of them.
_RUNTIMES = (
    (
        re.compile(r"(msvcp|concrt|vccorlib|vcomp|vcamp|mfc)\d.*"),
        "the Visual C++ redistributable has it; Python has not",
    ),
    (re.compile(r"vcruntime\d.*_1\.dll"), "PyPy and 32-bit Python have it not"),
    (re.compile(r"(vcruntime|msvcp|msvcr|ucrtbase|concrt).*d\.dll"), "it is for debugging and may not be handed on"),
    (re.compile(r"lib(gcc_s|winpthread|stdc\+\+|ssp|gomp|gfortran|quadmath|atomic).*"), "MinGW's run-time library"),
    (re.compile(r"cyg.*|msys-.*"), "a library of Cygwin or MSYS"),
)


# Names in System32 of Windows 10 that mingw-w64 has import definitions for, too; and a few more.
_SYSTEM32 = """
acledit aclui acppage acproxy actionqueue activeds adhapi adhsvc admtmpl adsldpc advapi32 advpack aeinv aepic
apphelp apphlpdm appinfo appmgmts apprepapi appsruprov appxalluserstore appxapplicabilityengine appxdeploymentclient
appxdeploymentserver appxsip appxsysprep asycfilt atl atmlib audioeng audiosrv auditcse authbroker authz avicap32
avifil32 avrt azroles azsqlext basecsp basesrv batmeter bcd bcp47langs bcrypt bcryptprimitives bdehdcfglib bderepair
bdesvc bfe bi bisrv bitsigd bitsperf bluetoothapis bootmenuux bootvid brokerlib browcli bthpanapi cabinet cabview
capisp catsrv catsrvut certca certcli certenroll certenrollui certpoleng certprop cfgbkend cfgmgr32 chakra chartv
chxreadingstringime ci clb clbcatq clfsw32 cliconfg clusapi cmcfg32 cmdext cmdial32 cmifw cmpbk32 cmutil cofiredm
colbact colorui combase comctl32 comdlg32 comppkgsup compstui computecore computenetwork computestorage comsnap
comsvcs comuid connect connectedaccountstate console coremessaging credssp credui crypt32 cryptbase cryptcatsvc
cryptdlg cryptdll cryptext cryptnet cryptsp cryptsvc crypttpmeksvc cryptui cryptuiwizard cryptxml cscapi cscdll
cscui csrsrv csystemeventsbrokerclient ctl3d32 d2d1 d3d10 d3d10_1 d3d10_1core d3d10core d3d10level9 d3d10warp d3d11
d3d12 d3d8 d3d8thk d3d9 d3dcompiler_47 d3dim d3dxof dab dabapi datusage davclnt davhlpr dbgeng dbghelp dbnetlib
dbnmpntw dciman32 dcomp ddraw devdispitemprovider deviceaccess deviceassociation deviceregistration devinv devmgr
devobj devrtl dfdts dfscli dhcpcore dhcpcore6 dhcpcsvc dhcpcsvc6 dhcpsapi dimsroam dinput dinput8 directml dismapi
display dmdskmgr dmutil dnsapi dnsrslvr dot3api dot3dlg dot3gpclnt dot3msm dot3svc dot3ui dpapi dpapisrv dplayx
dpnaddr dpnet dpnhupnp dpnlobby dpx drprov drt drtprov drttransport drvstore dsauth dskquota dsound dsparse dsprop
dsquery dsrole dssec dssenh dsuiext dui70 duser dwmapi dwmcore dwmredir dwrite dxgi dxgwdi dxva2 eappcfg eapphost
eappprxy eapprovp easwrt efsadu efscore efslsaext efssvc efsutil efswrt ehstorpwdmgr elscore elshyph elslad elstrans
energy energyprov es esent esentprf eventaggregation evr faultrep fdeploy fdphost fdprint fdssdp fdwsd feclient
filemgmt firewallapi firewallcontrolpanel fltlib fmapi fmifs fms fntcache fontext fontsub framedyn framedynos
fsutilext fveapi fveapibase fvecerts fveskybackup fveui fvewiz fwpuclnt fwremotesvr fxsapi fxsroute fxsst fxst30
fxstiff gamemode gameux gdi32 gdiplus getuname glmf32 globinputhost glu32 gpapi gpedit gpprnext gpscript gpsvc
gptext hal hbaapi hid hidserv hlink hnetcfg hotplug hrtfapo httpapi httpprxm httpprxp htui iashlpr iaspolcy iassam
iassvcs icfupgd icm32 icmp icmui ieadvpack iedkcs32 ieframe iernonce iertutil iesetup iesysprep ieui igddiag ikeext
imagehlp imgutil imm32 inetcomm inetmib1 inkobjcore input inseng iphlpapi iphlpsvc ipnathlp iprop iprtprio iprtrmgr
ipsecsvc iscsidsc iuilp iyuv_32 jscript9 jscript9diag jsproxy kd kdcom kdscli kdusb keepaliveprovider kerberos
kernel32 kernelbase keyiso keymgr ksuser ktmw32 l2gpstore langcleanupsysprepaction linkinfo lltdapi lltdsvc loadperf
localspl loghours logoncli lpk lsasrv lz32 magnification maintenanceui mapi32 mciavi32 mcicda mciqtz32 mciseq
mciwave mdminst mdmregistration mf mf3216 mfasfsrcsnk mfc42 mfc42u mfcaptureengine mfcore mfnetcore mfnetsrc mfplat
mfplay mfreadwrite mfsensorgroup mfsrcsnk mftranscode mgmtapi mi mibincodec
microsoft.management.infrastructure.native.unmanaged midimap mimofcodec mirrordrvcompat miutils mlang mmcbase
mmcndmgr mmdevapi modemui mpr mprapi mprddm mprext mprmsg mpssvc mrmcorer msacm32 msafd msajapi msasn1 msauserext
mscat32 msclmd mscms mscoree msctf msctfmonitor msdadiag msdart msdelta msdmo msdrm msdtclog msdtcprx msdtctm
msdtcuiu msfeeds msftedit mshtml mshtmled msi msidcrl40 msiltcfg msimg32 msimtf msisip msiwer mskeyprotcli
mskeyprotect msls31 msoert2 mspatcha mspatchc msports msrating msrle32 mssign32 mssip32 mssrch mstask msutb msv1_0
msvcirt msvfw32 msvidc32 mswsock msxml6 msyuv mtxclu mtxdm mtxex mtxoci muifontsetup muilanguagecleanup mydocs
napinsp ncaapi ncasvc ncbservice ncdautosetup nci ncobjapi ncrypt ncryptprov ncryptsslp ncsi ncuprov nddeapi ndfapi
nduprov negoexts netapi32 netbios netcfgx netdiagfx netfxperf netid netjoin netlogon netman netplwiz netprofm
netprovisionsp netsetupapi netshell netutils newdev ninput nlaapi nlmsprep nlsdl normaliz nrpsrv nshipsec nshwfp nsi
nsisvc ntdll ntdsapi ntlanman ntmarta ntprint ntshrui ntvdm64 occache odbc32 odbcbcp odbcconf odbccp32 odbccr32
odbctrac oemlicense offreg ole32 oleacc oleaut32 olecli32 oledlg olepro32 olesvr32 olethk32 ondemandconnroutehelper
onex onexui opengl32 osbaseln osksupport osuninst p2p p2pgraph p2psvc pautoenr pcacli pcaui pcpksp pcwum pcwutl pdh
pdhui perfdisk perfnet perfos perfproc perfts photowiz pidgenx pku2u pla playsndsrv ploptin pnpclean pnpts pnpui
pnrpauto pnrpnsp pnrpsvc polstore portabledeviceclassextension pots powrprof printfilterpipelineprxy printui prnntfy
prntvpt profapi profext profsvc profsvcext propsys proximitycommonpal proximityrtapipal proximityservice
proximityservicepal prvdmofcomp psapi pshed psmodulediscoveryprovider pstorec puiapi pwlauncher pwrshplugin qmgr
quartz query qwave racengn radardt radarrs radcui rasadhlp rasapi32 rasauto raschap raschapext rasctrs rascustom
rasdlg rasman rasmans rasmontr rasppp rastapi rastls rastlsext rdbui rdpcfgex rdsappxhelper rdsdwmdr rdvvmtransport
reagent regapi regsvc reinfo reseteng resutils riched20 rnr20 rometadata rpchttp rpcns4 rpcrt4 rpcrtremote rpcss
rsaenh rshx32 rstrtmgr rtm rtutils rtworkq samcli samlib samsrv sas sbeio scansetting scarddlg scardsvr scdeviceenum
scecli scesrv schannel schedcli schedsvc scksp scrobj scrptadm scrrun sdhcinst sdiagschd sechost seclogon secur32
security sens sensapi sensorsapi sensrsvc serialui serwvdrv sessenv setbcdlocale setupapi sfc sfc_os shcore shdocvw
shell32 shfolder shimeng shimgvw shlwapi shsetup shsvcs shwebsvc simauth slc slcext slwga smartcardsimulator
smbwmiv2 smiengine snmpapi softpub spfileq spinf spmpm spoolss sppc sppcext sppcommdlg sppobjs sppwinob sqlsrv32
sqmapi srchadmin srclient srrstr srumapi srumsvc srvcli srvsvc sscore sscoreext ssdpapi ssdpsrv sspicli sspisrv
ssshim sstpsvc sti sti_ci storagewmi storagewmi_passthru storsvc streamci svsvc sxs sxshared sxssrv sxsstore
sysclass sysmain sysntfy syssetup systemeventsbrokerclient systemeventsbrokerserver
systemsettings.deviceencryptionhandlers systemsettings.handlers t2embed tabbtn tabsvc tapi32 tapiperf tapisrv
tapisysprep taskcomp tbs tcpmib tcpmonui tdh termsrv tetheringieprovider tetheringmgr tetheringstation themecpl
themeservice timebrokerclient timebrokerserver timedatemuicallback tlscsp tpmvsc tquery traffic trkwks tsbyuv tsgqec
tspkg tsusbgdcoinstaller tsusbredirectiongrouppolicyextension tsworkspace ttlsauth ttlscfg ttlsext twinapi.appcore
txfw32 ubpm ucrtbase udhisapi uexfat ufat uiautomationcore uireng umdmxfrm umpnpmgr umpo umpoext umrdp unattend
unimdmat uniplat untfs upnp upnphost url urlmon usbceip usbperf usbui user32 userenv userinitext
userlanguageprofilecallback usp10 utildll uudf uxinit uxtheme van vaultcli vaultsvc vdmdbg vdsutil verifier version
virtdisk vpnike vpnikeapi vss_ps vssapi vsstrace w32time w32topl wbiosrvc wcmapi wcmcsp wcmsvc wcncsvc
wcneapauthproxy wcneappeerproxy wdi wdigest wdscore webauthn webcheck webclnt webio webservices websocket wecapi wer
werconcpl wercplsupport werdiagcontroller werui wevtapi wevtfwd wevtsvc wfdprov whealogr wiadss wiarpc wiaservc
wiashext wiatrace wifidisplay wimgapi win32spl winbio winbrand windows.data.pdf windows.globalization.fontgroups
windows.networking windows.networking.connectivity windows.networking.hostname windows.networking.vpn
windows.storage.applicationdata windows.ui windows.ui.xaml windowscodecs windowscodecsext winethc winfax winhttp
wininet wininitext winipsec winlangdb winlogonext winmde winmm winmmbase winnsi winrnr winrscmd winscard winshfhc
winsku winsrpc winsrv winsta wintrust wintypes winusb witnesswmiv2provider wkscli wkssvc wlanapi wlanhlp wlanmm
wlanmsm wlansec wlansvc wlansvcpal wlanui wlanutil wldap32 wldp wlgpclnt wlidcli wlidnsp wlidsvc wmi wmiclnt wmidcom
wmiprop wmitomi wmpdui wmsgapi wofutil workfoldersgpext workfolderssvc wow64 wow64cpu wow64win wpd_ci wpdbusenum
wpdshext wpnsruprov wpprecorderum ws2_32 ws2help wscapi wsclient wscsvc wsdapi wsdchngr wsecedit wshbth wshext
wship6 wshrm wshtcpip wslapi wsmagent wsmsvc wsmwmipl wsnmp32 wsock32 wtsapi32 wuaueng wudfcoinstaller wudfplatform
wudfx wudfx02000 wudriver wwanmm wwansvc wwapi xaudio2_8 xaudio2_9 xinput1_4 xinput9_1_0 xinputuap xmllite xpsprint
xpsrasterservice xwizards zipfldr
"""
_OTHER = """
adsldp.dll bthprops.cpl dxcore.dll hhctrl.ocx icu.dll msvcp_win.dll msvcrt.dll rstrmgr.dll winhvplatform.dll
winspool.drv wmvcore.dll
"""
_NAMES = frozenset((*(f"{name}.dll" for name in _SYSTEM32.split()), *_OTHER.split()))


def is_part_of_windows(library: str) -> bool:
    """Whether every supported Windows has a DLL of this name (in lower case)."""
    return library in _NAMES or _API_SETS.fullmatch(library) is not None


def runtime(library: str) -> str | None:
    """What to say of a compiler's run-time library, or None for any other name."""
    return next((note for form, note in _RUNTIMES if form.match(library)), None)
