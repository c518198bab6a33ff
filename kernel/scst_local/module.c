// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading, the parameters, and the template by which SCST knows
 * the driver.
 */
#include <linux/module.h>

#include "scst_local.h"

#define SL_CAN_QUEUE_DEFAULT	256
#define SL_CAN_QUEUE_MAX	10240

static bool add_default_tgt = true;
module_param(add_default_tgt, bool, 0444);
MODULE_PARM_DESC(add_default_tgt,
		 "Make target scst_local_tgt with session scst_local_host on loading (default: Y)");

unsigned int sl_max_luns;
module_param_named(max_luns, sl_max_luns, uint, 0444);
MODULE_PARM_DESC(max_luns,
		 "SCSI devices are made only for LUNs below this number in peripheral addressing (default: 0, no limit)");

unsigned int sl_can_queue = SL_CAN_QUEUE_DEFAULT;
module_param_named(can_queue, sl_can_queue, uint, 0444);
MODULE_PARM_DESC(can_queue, "Commands a session can have in flight, 1 to 10240 (default: 256)");

unsigned int sl_hw_queues;
module_param_named(hw_queues, sl_hw_queues, uint, 0444);
MODULE_PARM_DESC(hw_queues, "Hardware queues of a session (default: 0, one per CPU)");

bool sl_extra_attributes;
module_param_named(extra_attributes, sl_extra_attributes, bool, 0444);
MODULE_PARM_DESC(extra_attributes,
		 "Sessions have attributes that SCST's own driver lacks: counters, mount_safe, queue_depth, session_number, transport_id_reset; add_session takes transport_id=HEX (default: N)");

bool sl_unique_sas_addresses;
module_param_named(unique_sas_addresses, sl_unique_sas_addresses, bool, 0444);
MODULE_PARM_DESC(unique_sas_addresses,
		 "Default SAS addresses of sessions stay unique beyond the 255th session (default: N)");

struct device *sl_root;
struct workqueue_struct *sl_wq;
struct workqueue_struct *sl_scan_wq;

#if defined(CONFIG_SCST_DEBUG) || defined(CONFIG_SCST_TRACING)
#define SL_DEFAULT_TRACE	(TRACE_OUT_OF_MEM | TRACE_PID | TRACE_SPECIAL | TRACE_MGMT)
unsigned long sl_trace_flags = SL_DEFAULT_TRACE;
#endif

struct scst_tgt_template sl_template = {
	.name				= SCST_LOCAL_NAME,
	.sg_tablesize			= 0xffff,
	.use_clustering			= 1,
	.xmit_response_atomic		= 1,
	.enabled_attr_not_needed	= 1,

	.tgt_alloc_data_buf		= sl_alloc_data_buf,
	.xmit_response			= sl_xmit_response,
	.on_free_cmd			= sl_on_free_cmd,
	.task_mgmt_fn_done		= sl_task_mgmt_fn_done,
	.report_aen			= sl_report_aen,
	.get_initiator_port_transport_id = sl_get_transport_id,
	.get_scsi_transport_version	= sl_target_scsi_version,
	.get_phys_transport_version	= sl_target_phys_version,
	.close_session			= sl_close_session,
	.release			= sl_target_release,

	.add_target			= sl_mgmt_add_target,
	.del_target			= sl_mgmt_del_target,
	.mgmt_cmd			= sl_mgmt_cmd,
	.add_target_parameters		= "session_name",
	.mgmt_cmd_help			=
		"       echo \"add_session TARGET SESSION\" >mgmt\n"
		"       echo \"del_session TARGET SESSION\" >mgmt\n",

	.tgtt_attrs			= sl_driver_attrs,
	.tgt_attrs			= sl_target_attrs,
	.sess_attrs			= sl_session_attrs,
#if defined(CONFIG_SCST_DEBUG) || defined(CONFIG_SCST_TRACING)
	.default_trace_flags		= SL_DEFAULT_TRACE,
	.trace_flags			= &sl_trace_flags,
#endif
};

static int __init sl_check_parameters(void)
{
	if (sl_can_queue < 1 || sl_can_queue > SL_CAN_QUEUE_MAX) {
		pr_err("can_queue=%u: must be 1 to %u\n", sl_can_queue, SL_CAN_QUEUE_MAX);
		return -EINVAL;
	}
	if (sl_hw_queues == 0 || sl_hw_queues > nr_cpu_ids)
		sl_hw_queues = nr_cpu_ids;
	return 0;
}

static int __init sl_init(void)
{
	int ret = sl_check_parameters();

	if (ret)
		return ret;

	sl_host_setup();
	sl_root = root_device_register(SCST_LOCAL_NAME);
	if (IS_ERR(sl_root))
		return PTR_ERR(sl_root);

	ret = -ENOMEM;
	sl_wq = alloc_workqueue("scst_local", WQ_UNBOUND | WQ_MEM_RECLAIM, 0);
	if (!sl_wq)
		goto unregister_root;
	sl_scan_wq = alloc_workqueue("scst_local_scan", WQ_UNBOUND, 0);
	if (!sl_scan_wq)
		goto destroy_wq;

	if (sl_extra_attributes)
		sl_template.sess_attrs = sl_session_attrs_extra;
	ret = scst_register_target_template(&sl_template);
	if (ret)
		goto destroy_scan_wq;

	if (add_default_tgt) {
		char params[] = "session_name=" SL_DEFAULT_SESSION;

		ret = sl_target_add(SL_DEFAULT_TARGET, params);
		if (ret)
			goto unregister_template;
	}
	return 0;

unregister_template:
	sl_target_stop();
	scst_unregister_target_template(&sl_template);
destroy_scan_wq:
	destroy_workqueue(sl_scan_wq);
destroy_wq:
	destroy_workqueue(sl_wq);
unregister_root:
	root_device_unregister(sl_root);
	return ret;
}

static void __exit sl_exit(void)
{
	/* All targets go, and with them all sessions; both wait. */
	sl_target_stop();
	scst_unregister_target_template(&sl_template);
	destroy_workqueue(sl_scan_wq);
	destroy_workqueue(sl_wq);
	root_device_unregister(sl_root);
}

module_init(sl_init);
module_exit(sl_exit);

MODULE_DESCRIPTION("SCST target driver whose initiator is this machine's SCSI midlayer");
MODULE_AUTHOR("The scst project");
MODULE_LICENSE("GPL");
MODULE_VERSION(SCST_VERSION_STRING);
#ifdef SCST_NAMESPACE
MODULE_IMPORT_NS(SCST_NAMESPACE);
#endif
